import Glibc
import Parallel

/// Reports that a signal stopped an experiment between two measurements.
struct ScalingStopped: Error, CustomStringConvertible {
  let signal: Int32
  /// The number of completed measurements.
  let done: Int
  /// The number of measurements of the experiment.
  let count: Int

  var description: String {
    "trainer: stopped by \(StoppedBySignal.name(of: signal)) after \(done) of "
      + "\(counted(count, "measurement")); no result was written"
  }

  /// Ends the process as if the signal had not been caught.
  func endProcess() -> Never {
    _ = Glibc.signal(signal, SIG_DFL)
    raise(signal)
    exit(128 + signal)
  }
}
