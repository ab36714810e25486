import Parallel

extension ShardPlan {
  /// How the rows of a batch are divided: machines own runs of shards, and their workers own runs
  /// of those.
  struct Division: Equatable {
    /// The number of shards of the machine with the most shards.
    var shardsOfMachine = 0
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
