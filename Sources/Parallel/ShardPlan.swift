/// How a batch is divided into shards: consecutive runs of `shardSize` rows, of which the last may
/// be shorter.
///
/// The division depends only on the two sizes, not on the number of workers.
package struct ShardPlan: Sendable, Equatable {
  /// The number of rows in the batch.
  package let rowCount: Int
  /// The number of rows in every shard except possibly the last.
  package let shardSize: Int

  /// Creates the plan of a batch.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows in the batch, at least 1.
  ///   - shardSize: The number of rows in a shard, at least 1.
  package init(rowCount: Int, shardSize: Int) {
    precondition(rowCount > 0 && shardSize > 0, "a batch and a shard have at least one row")
    self.rowCount = rowCount
    self.shardSize = shardSize
  }

  /// The number of shards.
  @inlinable
  package var shardCount: Int { (rowCount - 1) / shardSize + 1 }

  /// The rows of a shard.
  ///
  /// - Parameter shard: The shard, in `0..<shardCount`.
  /// - Returns: Row numbers within the batch.
  @inlinable
  package func rows(of shard: Int) -> Range<Int> {
    shard * shardSize..<min((shard + 1) * shardSize, rowCount)
  }
}

/// Part `part` of `0..<count`, divided into `parts` nearly equal runs at multiples of `alignment`.
///
/// - Parameters:
///   - part: The part, in `0..<parts`.
///   - parts: The number of parts.
///   - count: The number of items.
///   - alignment: Every part except the last starts and ends at a multiple of it.
/// - Returns: The part, possibly empty.
@inlinable
package func slice(_ part: Int, of parts: Int, count: Int, alignment: Int = 1) -> Range<Int> {
  let blocks = (count + alignment - 1) / alignment
  let lower = min(part * blocks / parts * alignment, count)
  let upper = min((part + 1) * blocks / parts * alignment, count)
  return lower..<upper
}

/// One part of a range, divided as ``slice(_:of:count:alignment:)`` divides a count.
///
/// - Parameters:
///   - part: The part, in `0..<parts`.
///   - parts: The number of parts.
///   - range: The items.
///   - alignment: Every part except the last ends at a multiple of it from the start of the range.
/// - Returns: The items of the part.
@inlinable
package func slice(
  _ part: Int, of parts: Int, range: Range<Int>, alignment: Int = 1
) -> Range<Int> {
  let part = slice(part, of: parts, count: range.count, alignment: alignment)
  return range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
}
