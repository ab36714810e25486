import CSignals

/// The signals that ask a process to end: SIGTERM, SIGINT and SIGUSR1.
///
/// Process-wide; for a command that finishes its step before it ends. A second signal ends the
/// process at once, unless it is a scheduler's repetition: no SIGINT, and within a second of the first.
///
/// A process that hangs looks at no signal. So after the first one the process has to show that it
/// works: without a ``beat()`` for a while, and outside of ``whileWaiting(_:)``, it ends by that signal.
package enum StopSignals {
  /// How long a process may show no work after a signal, in seconds.
  package static let patience = 10

  /// Catches signals from here on, and ignores the hangup of a lost terminal.
  ///
  /// - Parameter endsHangs: Whether a process that hangs ends by the first signal; not for one that
  ///   waits for other processes, which end it.
  package static func catchAll(endsHangs: Bool) {
    stop_signals_catch(endsHangs ? Int32(patience) : 0)
  }

  /// Lets signals end the process again.
  package static func release() { stop_signals_release() }

  /// The first signal that was caught, nil while there is none.
  package static var caught: Int32? {
    let number = stop_signals_caught()
    return number == 0 ? nil : number
  }

  /// Shows that the process works; any thread may call it at any time.
  package static func beat() { stop_signals_beat() }

  /// Does what may take the system long, such as writing to a disk: the process does not hang meanwhile.
  ///
  /// - Parameter body: What it is.
  /// - Returns: What it returns.
  /// - Throws: What it throws.
  package static func whileWaiting<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    stop_signals_wait(1)
    defer { stop_signals_wait(0) }
    return try body()
  }
}
