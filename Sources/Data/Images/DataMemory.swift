import Files
import Glibc
import Parallel

/// The memory that data may take.
package enum DataMemory {
  /// The memory that tests set in place of the machine's, in bytes; nil for the machine's.
  @TaskLocal package static var testedLimit: UInt64?

  /// The memory that there is, in bytes: that of the machine, or of a smaller limit that is set.
  package static var limit: UInt64 {
    let machine = UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES)))) * UInt64(getpagesize())
    return testedLimit ?? min(MemoryLimit.smallest()?.bytes ?? .max, machine)
  }

  /// The bytes that every machine has; up to these no limit is read.
  private static let small = 4 << 20

  /// Refuses more than a cgroup or the machine can hold: the system would reserve it all the same,
  /// and end the process when it is written.
  ///
  /// - Parameters:
  ///   - count: The number of bytes that are about to be reserved.
  ///   - name: Whose they are, for messages.
  /// - Throws: `DataError` of kind `refused`.
  static func require(_ count: Int, for name: String) throws(DataError) {
    guard count > small, case let limit = limit, UInt64(count) > limit else { return }
    throw DataError(
      .refused,
      "\(name): \(count) bytes need more memory than there is, \(limit) bytes "
        + "(\(MemoryLimit.explanation))")
  }
}
