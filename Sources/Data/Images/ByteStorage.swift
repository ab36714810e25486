import Files
import Glibc
import Parallel

/// Immutable bytes in memory, shared without copying.
///
/// Unchecked Sendable: only the initializer writes the memory, before any other code has it.
public final class ByteStorage: @unchecked Sendable {
  /// The number of bytes.
  public let count: Int

  private let start: UnsafeMutableRawPointer

  // Large blocks start on a huge page. This saves page faults while they are filled, and misses in
  // address translation when samples are gathered in random order.
  private static let hugePage = 2 << 20
  private static let cacheLine = 64

  /// Allocates memory and fills it.
  ///
  /// - Parameters:
  ///   - count: The number of bytes, zero or more.
  ///   - name: Whose bytes they are, for messages; nil if there is no file.
  ///   - fill: Writes every byte of its argument.
  /// - Throws: What `fill` throws; `DataError` of kind `refused` if there is not enough memory.
  package init(
    count: Int, for name: String? = nil,
    filledBy fill: (UnsafeMutableRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) {
    let isLarge = count >= 2 * Self.hugePage
    var start: UnsafeMutableRawPointer?
    let code = posix_memalign(&start, isLarge ? Self.hugePage : Self.cacheLine, Swift.max(count, 1))
    guard code == 0, let start else {
      throw DataError(
        .refused,
        "\(name.map { "\($0): " } ?? "")cannot reserve \(count) bytes of memory: \(SystemCall.text(of: code)) "
          + "(\(MemoryLimit.explanation))")
    }
    if isLarge { madvise(start, count, MADV_HUGEPAGE) }  // advice: the kernel may decline it
    self.count = count
    self.start = start
    try fill(UnsafeMutableRawBufferPointer(start: start, count: count))
  }

  /// Copies bytes.
  ///
  /// - Parameter bytes: The bytes to hold.
  /// - Throws: `DataError` of kind `refused` if there is not enough memory.
  package convenience init(_ bytes: [UInt8]) throws(DataError) {
    try self.init(count: bytes.count) { memory throws(DataError) in memory.copyBytes(from: bytes) }
  }

  deinit {
    free(start)
  }

  /// The first byte.
  ///
  /// Valid while the storage lives: keep the storage as long as the pointer.
  public var baseAddress: UnsafePointer<UInt8> {
    UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
  }
}

extension ByteStorage: RandomAccessCollection {
  /// The index of the first byte.
  public var startIndex: Int { 0 }

  /// The index after the last byte.
  public var endIndex: Int { count }

  /// The byte at an index.
  ///
  /// - Parameter index: In `0..<count`.
  public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "index out of range")
    return withExtendedLifetime(self) { baseAddress[index] }
  }

  /// Calls a closure with all bytes.
  ///
  /// - Parameter body: The closure; its argument is valid during the call.
  /// - Returns: What the closure returns.
  /// - Throws: What the closure throws.
  public func withContiguousStorageIfAvailable<Output>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Output
  ) rethrows -> Output? {
    try withExtendedLifetime(self) {
      try body(UnsafeBufferPointer(start: baseAddress, count: count))
    }
  }
}
