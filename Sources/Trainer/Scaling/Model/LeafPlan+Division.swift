import Parallel

extension LeafPlan {
  /// The division of a batch's rows: machines own runs of blocks, and their workers own runs of
  /// the leaves of those.
  struct LargestParts: Equatable {
    /// The number of rows of the machine with the most rows.
    var rowsOfMachine = 0
    /// The number of rows of the worker with the most rows.
    var rowsOfWorker = 0
  }

  /// Divides the batch.
  ///
  /// - Parameters:
  ///   - machines: The number of machines that own a part.
  ///   - workers: The number of workers per machine.
  ///   - unit: The leaves that are never divided among workers.
  /// - Returns: The largest parts.
  func largestParts(machines: Int, workers: Int, unit: Int) -> LargestParts {
    let shares = TreeShares(
      leafCount: leafCount, leafCapacity: leafCount, rankCount: machines, unit: Self.blockLeaves)
    var largest = LargestParts()
    for machine in 0..<machines {
      let owned = LeafDivision(shares.leaves(of: machine), into: workers, unit: unit)
      largest.rowsOfMachine = max(largest.rowsOfMachine, rows(of: owned.leaves).count)
      for worker in 0..<workers {
        largest.rowsOfWorker = max(largest.rowsOfWorker, rows(of: owned.part(worker)).count)
      }
    }
    return largest
  }
}
