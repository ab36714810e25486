import Parallel

/// A batch in a step, with its division into leaves, among ranks and among workers.
struct RankBatch {
  /// The batch of all ranks.
  let batch: Batch
  /// The division of the batch into leaves and blocks.
  let plan: LeafPlan
  /// The leaves of each rank.
  let leafShares: TreeShares
  /// The blocks of each rank.
  let blockShares: TreeShares
  /// The leaves of each worker of this rank.
  let workers: LeafDivision

  /// Divides a batch.
  ///
  /// - Parameters:
  ///   - batch: The batch of all ranks.
  ///   - capacity: The largest batch.
  ///   - rank: This rank.
  ///   - rankCount: The number of ranks.
  ///   - workerCount: The number of workers of this rank.
  ///   - unit: The leaves that are never divided among workers.
  init(
    _ batch: Batch, capacity: LeafPlan, rank: Int, of rankCount: Int, workerCount: Int, unit: Int
  ) {
    self.batch = batch
    let plan = LeafPlan(rowCount: batch.rowCount)
    self.plan = plan
    leafShares = TreeShares(
      leafCount: plan.leafCount, leafCapacity: capacity.leafCount, rankCount: rankCount,
      unit: LeafPlan.blockLeaves)
    blockShares = TreeShares(
      leafCount: plan.blockCount, leafCapacity: capacity.blockCount, rankCount: rankCount)
    workers = LeafDivision(leafShares.leaves(of: rank), into: workerCount, unit: unit)
  }

  /// The leaves of this rank.
  var leaves: Range<Int> { workers.leaves }

  private var firstRow: Int { leaves.lowerBound * LeafPlan.leafRows }

  /// The sample's index in the data set for each row of this rank.
  @inline(__always) var samples: UnsafePointer<UInt32> { batch.samples + firstRow }

  /// The rows of some leaves in this rank's workspace: counted from this rank's first row.
  @inline(__always)
  func rows(of leaves: Range<Int>) -> Range<Int> {
    let rows = plan.rows(of: leaves)
    return rows.lowerBound - firstRow..<rows.upperBound - firstRow
  }
}
