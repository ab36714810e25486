import Parallel

/// A batch in a step, with its division into shards and among ranks.
struct RankBatch {
  /// The batch of all ranks.
  let batch: Batch
  /// The division of the batch into shards.
  let plan: ShardPlan
  /// The division of the shards among ranks.
  let shares: TreeShares
  /// The first shard of this rank.
  let firstShard: Int

  private var firstRow: Int { firstShard * plan.shardSize }

  /// The sample's index in the data set for each row of this rank.
  @inline(__always) var samples: UnsafePointer<UInt32> { batch.samples + firstRow }

  /// The rows of a shard in this rank's workspace: counted from this rank's first row.
  @inline(__always)
  func rows(of shard: Int) -> Range<Int> {
    let rows = plan.rows(of: shard)
    return rows.lowerBound - firstRow..<rows.upperBound - firstRow
  }
}
