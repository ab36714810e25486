import Files
import Parallel
import Training

/// Measures several configurations in rounds, so that changes of the machine's speed affect all of
/// them alike.
package struct ScalingExperiment: Sendable {
  /// Whether batches grow with the workers.
  package let mode: ScalingMode
  /// The configurations, each measured once per round.
  package let configurations: [MeasuredConfiguration]
  /// The number of rounds.
  package let repeats: Int

  private static let greatestRepeats = 1000

  /// Combines numbers of workers, batch sizes and shard sizes.
  ///
  /// - Parameters:
  ///   - mode: Whether a batch grows with the workers.
  ///   - ranks: The numbers of processes.
  ///   - threads: The numbers of worker threads per process.
  ///   - batchSizes: The numbers of rows in a batch; in weak scaling, per worker.
  ///   - shardSizes: The most rows of a shard.
  ///   - repeats: The number of rounds, 1 to 1000.
  /// - Throws: ``TrainerError`` that names the setting.
  package init(
    mode: ScalingMode, ranks: [Int] = [1], threads: [Int], batchSizes: [Int],
    shardSizes: [Int] = [LeafPlan.blockRows], repeats: Int
  ) throws {
    guard (1...Self.greatestRepeats).contains(repeats) else {
      throw TrainerError(
        .usage, "\(setting: "repeats") is \(repeats); it must be from 1 to \(Self.greatestRepeats)")
    }
    self.mode = mode
    self.repeats = repeats
    var result: [MeasuredConfiguration] = []
    for batchSize in batchSizes {
      for shardSize in shardSizes {
        for (ranks, threads) in ranks.flatMap({ ranks in threads.map { (ranks, $0) } }) {
          let (rows, overflow) = batchSize.multipliedReportingOverflow(
            by: mode == .weak ? ranks * threads : 1)
          guard !overflow else {
            throw TrainerError(
              .usage, "\(setting: "batch-size") \(batchSize) times \(ranks * threads) is too large")
          }
          result.append(
            MeasuredConfiguration(
              ranks: ranks, threads: threads, batchSize: rows, shardSize: shardSize))
        }
      }
    }
    configurations = result
  }

  /// The number of measurements.
  package var count: Int { configurations.count * repeats }

  /// Measures every configuration in every round, each round in a random order.
  ///
  /// - Parameter measure: Measures one configuration; `number` counts measurements from 1.
  /// - Returns: The measurements of each configuration, in the order of the rounds.
  /// - Throws: What `measure` throws; ``TrainerError`` if two measurements that must end with the
  ///   same model do not.
  package func run(
    _ measure: (_ configuration: MeasuredConfiguration, _ number: Int) throws -> TrainingMeasurement
  ) throws -> [MeasuredConfiguration: [TrainingMeasurement]] {
    var result: [MeasuredConfiguration: [TrainingMeasurement]] = [:]
    var digests = DigestComparison()
    var number = 0
    for round in 0..<repeats {
      for configuration in order(round: round) {
        number += 1
        let measurement = try measure(configuration, number)
        try digests.check(measurement)
        result[configuration, default: []].append(measurement)
      }
    }
    return result
  }

  /// A random permutation of the configurations (Fisher and Yates).
  func order(round: Int) -> [MeasuredConfiguration] {
    var order = configurations
    var stream = RandomStream(seed: 0, purpose: .measurement, index: UInt32(round))
    for last in order.indices.reversed().dropLast() {
      order.swapAt(last, Int(stream.next(below: UInt32(last + 1))))
    }
    return order
  }
}
