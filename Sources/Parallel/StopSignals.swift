import CParallel

/// The signals that ask a process to end: SIGTERM, SIGINT and SIGUSR1.
///
/// Process-wide; for a command that finishes its step before it ends. A second signal ends the
/// process at once, unless it is a scheduler's repetition: no SIGINT, and within a second of the first.
public enum StopSignals {
  /// Holds signals back until ``catchAll()``, also over an `exec`, so that none ends the process before.
  public static func hold() { stop_signals_hold() }

  /// Catches signals from here on, and ignores the hangup of a lost terminal.
  public static func catchAll() { stop_signals_catch() }

  /// Lets signals end the process again, those held included.
  public static func release() { stop_signals_release() }

  /// The first signal that was caught, nil while there is none.
  public static var caught: Int32? {
    let number = stop_signals_caught()
    return number == 0 ? nil : number
  }
}
