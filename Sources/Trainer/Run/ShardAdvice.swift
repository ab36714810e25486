import Parallel

/// A batch that has fewer shards than there are workers, and what would give all of them work.
public struct ShardAdvice: Sendable, Equatable {
  /// Rows of the batch.
  public let batchSize: Int
  /// Rows of a shard.
  public let shardSize: Int
  /// Those who share the batch.
  public let workers: Int

  /// Looks for workers without work.
  ///
  /// - Parameters:
  ///   - batchSize: Rows of the batch, at least 1.
  ///   - shardSize: Rows of a shard, at least 1.
  ///   - workers: Those who share the batch, at least 1.
  /// - Returns: nil where there is a shard for each worker.
  public init?(batchSize: Int, shardSize: Int, workers: Int) {
    let shards = ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
    guard shards < workers else { return nil }
    self.batchSize = batchSize
    self.shardSize = shardSize
    self.workers = workers
  }

  /// Shards of the batch: as many workers have work.
  public var shardCount: Int {
    ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
  }

  /// Rows of the largest shards of which there is one for each worker; nil where the batch has fewer rows
  /// than that.
  public var smallerShardSize: Int? {
    guard workers <= batchSize else { return nil }
    // Even shards, unless rounding up leaves too few of them.
    let even = (batchSize - 1) / workers + 1
    return ShardPlan(rowCount: batchSize, shardSize: even).shardCount < workers
      ? batchSize / workers : even
  }

  /// Rows of the smallest batch with a shard of the present size for each worker; nil where it is beyond
  /// counting.
  public var largerBatchSize: Int? {
    let (rows, overflow) = workers.multipliedReportingOverflow(by: shardSize)
    return overflow ? nil : rows
  }

  /// How many times as long one thread takes for a sample in shards of ``smallerShardSize``.
  public var cost: Double? {
    smallerShardSize.map { Self.sampleCost(shardSize: $0) / Self.sampleCost(shardSize: shardSize) }
  }

  /// What smaller shards give and cost, in words; nil where no shard is small enough.
  public var words: String? {
    guard let smallerShardSize, let cost else { return nil }
    return "--shard-size \(smallerShardSize) gives all \(workers) work, and one thread takes "
      + (cost < 1.05
        ? "hardly longer" : "about \(FigureText.fixed(cost, 1)) times as long") + " for a sample"
  }

  /// Microseconds a sample of the default network's products on one thread, by rows of a shard:
  /// docs/scaling.md. Larger shards than the last gain nothing.
  private static let sampleCosts: [(shardSize: Int, microseconds: Double)] = [
    (1, 70), (2, 45), (4, 30), (8, 22.4), (16, 19.0), (32, 17.8), (64, 16.9),
  ]

  /// On a line between the sizes that were measured.
  private static func sampleCost(shardSize: Int) -> Double {
    guard let upper = sampleCosts.firstIndex(where: { $0.shardSize >= shardSize }), upper > 0 else {
      return shardSize <= 1
        ? sampleCosts[0].microseconds : sampleCosts[sampleCosts.count - 1].microseconds
    }
    let (low, high) = (sampleCosts[upper - 1], sampleCosts[upper])
    let position =
      Double(shardSize - low.shardSize) / Double(high.shardSize - low.shardSize)
    return low.microseconds + position * (high.microseconds - low.microseconds)
  }
}
