import Pages
import Parallel

/// A batch that has fewer shards than there are workers, and what would give all of them work.
package struct ShardAdvice: Sendable, Equatable {
  /// Rows of the batch.
  package let batchSize: Int
  /// Rows of a shard.
  package let shardSize: Int
  /// Those who share the batch.
  package let workers: Int

  /// Looks for workers without work; nil if there is a shard for each.
  ///
  /// - Parameters:
  ///   - batchSize: Rows of the batch, at least 1.
  ///   - shardSize: Rows of a shard, at least 1.
  ///   - workers: Those who share the batch, at least 1.
  package init?(batchSize: Int, shardSize: Int, workers: Int) {
    let shards = ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
    guard shards < workers else { return nil }
    self.batchSize = batchSize
    self.shardSize = shardSize
    self.workers = workers
  }

  /// Shards of the batch: as many workers have work.
  package var shardCount: Int {
    ShardPlan(rowCount: batchSize, shardSize: shardSize).shardCount
  }

  /// Rows of the largest shards of which there is one for each worker; nil if the batch has fewer rows
  /// than that.
  package var smallerShardSize: Int? {
    guard workers <= batchSize else { return nil }
    // Even shards, unless rounding up leaves too few of them.
    let even = (batchSize - 1) / workers + 1
    return ShardPlan(rowCount: batchSize, shardSize: even).shardCount < workers
      ? batchSize / workers : even
  }

  /// Rows of the smallest batch with a shard of the present size for each worker; nil if it is beyond
  /// counting.
  package var largerBatchSize: Int? {
    let (rows, overflow) = workers.multipliedReportingOverflow(by: shardSize)
    return overflow ? nil : rows
  }

  /// How many times as long one thread takes for a sample in shards of ``smallerShardSize``, on the two
  /// processors of docs/scaling.md; nil if there are no such shards.
  package var cost: ClosedRange<Double>? {
    smallerShardSize.map {
      let (now, then) = (Self.cost(shardSize: shardSize), Self.cost(shardSize: $0))
      // The processors change places where only one of the two sizes was measured on both.
      let ends = [then.lowerBound / now.lowerBound, then.upperBound / now.upperBound].sorted()
      return ends[0]...ends[1]
    }
  }

  /// What smaller shards give and cost, in words; nil if no shard is small enough.
  package var words: String? {
    guard let smallerShardSize, let cost else { return nil }
    let (low, high) = (FigureText.fixed(cost.lowerBound, 1), FigureText.fixed(cost.upperBound, 1))
    let times = low == high ? "about \(low) times as" : "\(low) to \(high) times as"
    return
      "--shard-size \(smallerShardSize) gives all \(workers) work and changes the result's last "
      + "bits; one thread then takes \(high == "1.0" ? "about as long" : times + " long") for a sample"
  }

  /// What a sample costs by rows of a shard: docs/scaling.md.
  ///
  /// The time of the default network's products on one thread, over that in shards of 64 rows. Larger
  /// shards gain little.
  private static let costs: [(shardSize: Int, cost: ClosedRange<Double>)] = [
    (1, 11.6...11.6), (2, 6.1...6.1), (4, 3.0...3.0), (8, 1.33...2.0), (16, 1.12...1.42),
    (32, 1.05...1.15), (64, 1...1),
  ]

  /// On lines between the sizes that were measured.
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
