import Glibc

/// The CPU time of a thread, which other threads do not lengthen as they do with a clock's.
package enum ThreadTime {
  /// Measures work that stays on its thread.
  ///
  /// - Parameter work: The work.
  /// - Returns: Its CPU time in seconds.
  /// - Throws: What the work throws.
  package static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = now
    try work()
    return now - start
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
