import Parallel

/// A batch on its way through a step; rows are counted from this rank's first.
struct BatchPass {
  let batch: Batch
  let plan: ShardPlan
  let shares: TreeShares
  /// This rank's first shard.
  let firstShard: Int

  private var firstRow: Int { firstShard * plan.shardSize }

  /// The samples of this rank's rows.
  @inline(__always) var samples: UnsafePointer<UInt32> { batch.samples + firstRow }

  /// A shard's rows in this rank's workspace.
  @inline(__always)
  func rows(of shard: Int) -> Range<Int> {
    let rows = plan.rows(of: shard)
    return rows.lowerBound - firstRow..<rows.upperBound - firstRow
  }
}
