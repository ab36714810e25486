import Glibc

/// Reports that a signal stopped work that cannot be resumed.
struct InterruptedWork: Error, CustomStringConvertible {
  private let signal: Int32
  private let progress: String?
  private let result: String

  /// Describes a stop.
  ///
  /// - Parameters:
  ///   - progress: What was done before it; nil to leave that out.
  ///   - result: What is left of the work.
  ///   - signal: The signal.
  init(after progress: String? = nil, result: String, signal: Int32) {
    self.progress = progress
    self.result = result
    self.signal = signal
  }

  var description: String {
    "trainer: stopped by \(StoppedBySignal.name(of: signal))"
      + "\(progress.map { " after \($0)" } ?? ""); \(result)"
  }

  /// Ends the process as if the signal had not been caught.
  func endProcess() -> Never {
    _ = Glibc.signal(signal, SIG_DFL)
    raise(signal)
    exit(128 + signal)
  }
}
