/// A batch that does not have work for all workers.
package struct IdleWorkers: Sendable, Equatable {
  /// The number of workers of all ranks.
  package let workerCount: Int
  /// The number of workers with work.
  package let busyCount: Int
  /// The smallest number of rows in a batch with work for all; nil if it overflows.
  package let largerBatchSize: Int?

  /// Finds workers without work; nil if there are none.
  ///
  /// - Parameters:
  ///   - batchSize: The number of rows in the batch, at least 1.
  ///   - unitRows: The rows that are never divided among workers, a multiple of a leaf's.
  ///   - ranks: The ranks that share the batch; each has whole blocks of rows.
  ///   - threads: The workers of each rank.
  package init?(batchSize: Int, unitRows: Int, ranks: Int = 1, threads: Int) {
    let plan = LeafPlan(rowCount: batchSize)
    let shares = TreeShares(
      leafCount: plan.leafCount, leafCapacity: plan.leafCount, rankCount: ranks,
      unit: LeafPlan.blockLeaves)
    workerCount = ranks * threads
    busyCount = (0..<ranks).reduce(0) { count, rank in
      let rows = plan.rows(of: shares.leaves(of: rank)).count
      return count + min(threads, (rows + unitRows - 1) / unitRows)
    }
    if busyCount == workerCount { return nil }
    var (rows, overflow) = threads.multipliedReportingOverflow(by: unitRows)
    if ranks > 1 {
      rows = (rows - 1) / LeafPlan.blockRows * LeafPlan.blockRows + LeafPlan.blockRows
    }
    let (all, overflows) = rows.multipliedReportingOverflow(by: ranks)
    largerBatchSize = overflow || overflows ? nil : all
  }
}
