import Files
import Parallel
import Synchronization

/// Counts the bytes of files that are in memory at the same time, and refuses more than a cgroup or
/// the machine can hold: the system would reserve them all the same, and end the process when they
/// are written.
final class MemoryBudget: Sendable {
  private let used = Atomic<Int>(0)

  /// The bytes that every machine has; up to these no limit is read.
  private static let small = 4 << 20

  /// Counts bytes that are about to be reserved.
  ///
  /// - Parameters:
  ///   - count: Their number.
  ///   - name: Whose they are, for messages.
  /// - Throws: `DataError` of kind `refused` if all bytes together are more than there are.
  func take(_ count: Int, for name: String) throws(DataError) {
    let total = used.add(count, ordering: .relaxed).newValue
    guard total > Self.small, case let limit = DataMemory.limit, UInt64(total) > limit else {
      return
    }
    let others = total > count ? ", with \(total - count) bytes of other files," : ""
    throw DataError(
      .refused,
      "\(name): \(count) bytes\(others) need more memory than there is, \(limit) bytes "
        + "(\(MemoryLimit.explanation))")
  }
}
