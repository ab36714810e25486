/// A rank's part of a buffer.
package struct RankPart: Sendable, Equatable, BitwiseCopyable {
  /// Its offset, in bytes.
  package var offset: Int
  /// Its length, in bytes.
  package var count: Int

  /// Creates a part.
  ///
  /// - Parameters:
  ///   - offset: Its offset, in bytes.
  ///   - count: Its length, in bytes.
  @inlinable
  package init(offset: Int, count: Int) {
    self.offset = offset
    self.count = count
  }
}
