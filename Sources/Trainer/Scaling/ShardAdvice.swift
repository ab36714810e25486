import Files
import Pages
import Parallel

/// A batch with fewer shards than workers, and how to give all workers work.
package struct ShardAdvice: Sendable, Equatable {
  /// The number of rows in the batch.
  package let batchSize: Int
  /// The number of rows in a shard.
  package let shardSize: Int
  /// The number of workers that share the batch.
  package let workers: Int

  /// Creates advice if some workers have no shard; nil if there is at least one shard per worker.
  ///
  /// - Parameters:
  ///   - batchSize: The number of rows in the batch, at least 1.
  ///   - shardSize: The number of rows in a shard, at least 1.
  ///   - workers: The number of workers that share the batch, at least 1.
  package init?(batchSize: Int, shardSize: Int, workers: Int) {
    let shards = ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
    guard shards < workers else { return nil }
    self.batchSize = batchSize
    self.shardSize = shardSize
    self.workers = workers
  }

  /// The number of shards in the batch, which is the number of workers with work.
  package var shardCount: Int {
    ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
  }

  /// The largest number of rows in a shard with which every worker has a shard; nil if the batch
  /// has fewer rows than workers.
  package var smallerShardSize: Int? {
    guard workers <= batchSize else { return nil }
    // Shards of equal size, unless rounding up leaves too few of them.
    let even = (batchSize - 1) / workers + 1
    return ShardPlan(rowCount: batchSize, shardSize: even).shardCount < workers
      ? batchSize / workers : even
  }

  /// The smallest number of rows in a batch with which every worker has a shard of the present
  /// size; nil if it overflows.
  package var largerBatchSize: Int? {
    let (rows, overflow) = workers.multipliedReportingOverflow(by: shardSize)
    return overflow ? nil : rows
  }

  /// The time per sample of one thread with ``smallerShardSize``, relative to the present size, on
  /// the two processors of docs/scaling.md; nil if there is no smaller size.
  package var cost: ClosedRange<Double>? {
    smallerShardSize.map {
      let (now, then) = (Self.cost(shardSize: shardSize), Self.cost(shardSize: $0))
      // The order of the two processors may change if only one of the two sizes was measured on
      // both.
      let ends = [then.lowerBound / now.lowerBound, then.upperBound / now.upperBound].sorted()
      return ends[0]...ends[1]
    }
  }

  /// The benefit and the cost of smaller shards in words; nil if no shard size is small enough.
  package var words: Message? {
    guard let smallerShardSize, let cost else { return nil }
    let (low, high) = (FigureText.fixed(cost.lowerBound, 1), FigureText.fixed(cost.upperBound, 1))
    let times = low == high ? "about \(low) times as" : "\(low) to \(high) times as"
    return
      "\(setting: "shard-size") \(smallerShardSize) gives all \(workers) work and changes the result's "
      + "last bits; one thread then takes \(high == "1.0" ? "about as long" : times + " long") per sample"
  }

  /// The cost of a sample by shard size, from docs/scaling.md.
  ///
  /// It is the time of the default network's products on one thread, divided by that with shards of
  /// 64 rows. Larger shards gain little.
  private static let costs: [(shardSize: Int, cost: ClosedRange<Double>)] = [
    (1, 11.6...11.6), (2, 6.1...6.1), (4, 3.0...3.0), (8, 1.33...2.0), (16, 1.12...1.42),
    (32, 1.05...1.15), (64, 1...1),
  ]

  /// The cost at a shard size, interpolated linearly between measured sizes.
  private static func cost(shardSize: Int) -> ClosedRange<Double> {
    guard let upper = costs.firstIndex(where: { $0.shardSize >= shardSize }) else { return 1...1 }
    let (low, high) = (costs[max(upper - 1, 0)], costs[upper])
    guard low.shardSize < high.shardSize else { return high.cost }
    let position = Double(shardSize - low.shardSize) / Double(high.shardSize - low.shardSize)
    func between(_ end: KeyPath<ClosedRange<Double>, Double>) -> Double {
      low.cost[keyPath: end] + position * (high.cost[keyPath: end] - low.cost[keyPath: end])
    }
    return between(\.lowerBound)...between(\.upperBound)
  }
}
