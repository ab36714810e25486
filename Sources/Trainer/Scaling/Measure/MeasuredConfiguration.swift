/// A configuration to measure: numbers of ranks and threads, batch size and shard size.
package struct MeasuredConfiguration: Codable, Sendable, Hashable {
  /// The number of processes.
  package var ranks: Int
  /// The number of worker threads per process.
  package var threads: Int
  /// The number of rows in the batch of a step, over all ranks and threads.
  package var batchSize: Int
  /// The number of rows in a shard.
  package var shardSize: Int

  private enum CodingKeys: String, CodingKey {
    case ranks, threads
    case batchSize = "batch_size"
    case shardSize = "shard_size"
  }

  /// Creates a configuration.
  ///
  /// - Parameters:
  ///   - ranks: The number of processes.
  ///   - threads: The number of worker threads per process.
  ///   - batchSize: The number of rows in a batch, over all ranks and threads.
  ///   - shardSize: The number of rows in a shard.
  package init(ranks: Int = 1, threads: Int, batchSize: Int, shardSize: Int) {
    self.ranks = ranks
    self.threads = threads
    self.batchSize = batchSize
    self.shardSize = shardSize
  }

  /// The number of worker threads of all ranks.
  package var workers: Int { ranks * threads }
}
