import Glibc
import Parallel

/// An experiment that a signal ended between two measurements.
struct ScalingStopped: Error, CustomStringConvertible {
  let signal: Int32
  /// Measurements that were made.
  let done: Int
  /// Measurements that the experiment has.
  let count: Int

  var description: String {
    "trainer: stopped by \(StoppedBySignal.name(of: signal)) after \(done) of "
      + "\(counted(count, "measurement")); none is kept"
  }

  /// Ends the process as if the signal had not been caught.
  func endProcess() -> Never {
    _ = Glibc.signal(signal, SIG_DFL)
    raise(signal)
    exit(128 + signal)
  }
}
