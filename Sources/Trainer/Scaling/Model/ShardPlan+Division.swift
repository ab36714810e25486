import Parallel

extension ShardPlan {
  /// How a batch's rows are divided: machines own runs of its shards, and their workers runs of those.
  struct Division: Equatable {
    /// Shards of the machine with the most.
    var shardsOfMachine = 0
    /// Rows of the machine with the most.
    var rowsOfMachine = 0
    /// Rows of the worker with the most.
    var rowsOfWorker = 0
  }

  /// Divides the batch.
  ///
  /// - Parameters:
  ///   - machines: How many own a part of it.
  ///   - workers: Workers of each.
  /// - Returns: The largest parts.
  func division(machines: Int, workers: Int) -> Division {
    var division = Division()
    for machine in 0..<machines {
      let owned = slice(machine, of: machines, count: shardCount)
      division.shardsOfMachine = max(division.shardsOfMachine, owned.count)
      division.rowsOfMachine = max(division.rowsOfMachine, rowCount(of: owned))
      for worker in 0..<workers {
        let part = slice(worker, of: workers, count: owned.count)
        let shards = owned.lowerBound + part.lowerBound..<owned.lowerBound + part.upperBound
        division.rowsOfWorker = max(division.rowsOfWorker, rowCount(of: shards))
      }
    }
    return division
  }

  private func rowCount(of shards: Range<Int>) -> Int {
    shards.isEmpty ? 0 : rows(of: shards.upperBound - 1).upperBound - shards.lowerBound * shardSize
  }
}
