/// How a batch is cut into shards: consecutive runs of `shardSize` rows, the last one shorter.
///
/// The cut depends on the two sizes alone, never on who works on it.
package struct ShardPlan: Sendable, Equatable {
  /// Rows of the batch.
  package let rowCount: Int
  /// Rows of every shard but perhaps the last.
  package let shardSize: Int

  /// Creates the plan of a batch.
  ///
  /// - Parameters:
  ///   - rowCount: Rows of the batch, at least 1.
  ///   - shardSize: Rows of a shard, at least 1.
  package init(rowCount: Int, shardSize: Int) {
    precondition(rowCount > 0 && shardSize > 0, "a batch and a shard have at least one row")
    self.rowCount = rowCount
    self.shardSize = shardSize
  }

  /// How many shards there are.
  @inlinable
  package var shardCount: Int { (rowCount - 1) / shardSize + 1 }

  /// The rows of a shard.
  ///
  /// - Parameter shard: An index in `0..<shardCount`.
  /// - Returns: Row numbers within the batch.
  @inlinable
  package func rows(of shard: Int) -> Range<Int> {
    shard * shardSize..<min((shard + 1) * shardSize, rowCount)
  }
}

/// Part `part` of `0..<count` cut into `parts` nearly equal runs at multiples of `alignment`.
///
/// - Parameters:
///   - part: Which run, in `0..<parts`.
///   - parts: How many runs.
///   - count: How many items are cut.
///   - alignment: Every run but the last starts and ends at a multiple of it.
/// - Returns: The run, perhaps empty.
@inlinable
package func slice(_ part: Int, of parts: Int, count: Int, alignment: Int = 1) -> Range<Int> {
  let blocks = (count + alignment - 1) / alignment
  let lower = min(part * blocks / parts * alignment, count)
  let upper = min((part + 1) * blocks / parts * alignment, count)
  return lower..<upper
}

/// One part's contiguous run of a range, as ``slice(_:of:count:alignment:)`` cuts it from its start.
///
/// - Parameters:
///   - part: The part, `0..<parts`.
///   - parts: How many parts there are.
///   - range: What is cut.
///   - alignment: As there.
/// - Returns: The items.
@inlinable
package func slice(
  _ part: Int, of parts: Int, range: Range<Int>, alignment: Int = 1
) -> Range<Int> {
  let part = slice(part, of: parts, count: range.count, alignment: alignment)
  return range.lowerBound + part.lowerBound..<range.lowerBound + part.upperBound
}
