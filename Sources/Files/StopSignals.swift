import CSignals

/// Catches the signals that ask a process to stop: SIGTERM, SIGINT and SIGUSR1.
///
/// It acts on the whole process, for a command that finishes its step before it stops. A second
/// signal ends the process at once. A repetition by a scheduler or a script does not: within a
/// second of the first, unless both are SIGINT.
///
/// A process that hangs cannot react to a signal. So after the first signal the process has to show
/// progress: if it calls no ``beat()`` for ``patience`` seconds, outside of ``whileWaiting(_:)``,
/// it ends by that signal.
package enum StopSignals {
  /// The time that a process may show no progress after a signal, in seconds.
  package static let patience = 10

  /// Catches the signals from now on.
  ///
  /// - Parameters:
  ///   - endsHangs: Whether the first signal ends a process that hangs. False for a process that
  ///     waits for other processes, which end it.
  ///   - includesHangup: Whether SIGHUP, the hangup of a lost terminal, is caught too, unless the
  ///     process was started with it ignored. Otherwise it is ignored.
  package static func catchAll(endsHangs: Bool, includesHangup: Bool = false) {
    stop_signals_catch(endsHangs ? Int32(patience) : 0, includesHangup ? 1 : 0)
  }

  /// Ends a progress line from now on if a signal ends the process, so that the prompt does not
  /// follow it.
  package static func endLine() { stop_signals_end_line() }

  /// Restores the signals' default action, which ends the process.
  package static func release() { stop_signals_release() }

  /// The number of the first signal that was caught; nil before that.
  package static var caught: Int32? {
    let number = stop_signals_caught()
    return number == 0 ? nil : number
  }

  /// Shows progress.
  ///
  /// Any thread may call it at any time.
  package static func beat() { stop_signals_beat() }

  /// Runs a function that may wait long for the system, for example to write to a disk.
  ///
  /// It does not count as a hang.
  ///
  /// - Parameter body: The function.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  package static func whileWaiting<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    stop_signals_wait(1)
    defer { stop_signals_wait(0) }
    return try body()
  }
}
