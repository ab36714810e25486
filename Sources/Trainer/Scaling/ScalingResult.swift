import Machine
import Parallel
import Training

/// Whether the batch stays or grows with the workers.
package enum ScalingMode: String, Codable, Sendable, CaseIterable {
  /// The same batch for every number of workers.
  case strong
  /// The batch grows with the workers: `batch_size` is that of one worker.
  case weak
}

/// How an experiment was made.
package struct ScalingPlan: Codable, Sendable, Equatable {
  /// Whether the batch grows.
  package var mode: ScalingMode
  /// Rounds, each with every configuration once in an order of its own.
  package var repeats: Int
  /// Timed seconds of a measurement; nil if steps were counted.
  package var seconds: Double?
  /// Timed steps of a measurement; nil if seconds were.
  package var steps: Int?
  /// Where workers were bound.
  package var pin: WorkerPlacement
  /// Every effective setting that was the same for all configurations, by its option's name.
  package var settings: [String: Setting.Value]
}

/// The measurements of one configuration, and what they come to.
package struct ScalingPoint: Codable, Sendable, Equatable {
  /// What was measured.
  package var configuration: MeasuredConfiguration
  /// More workers than CPUs: what is measured then is the scheduler too.
  package var isOversubscribed: Bool
  /// More workers than physical cores: some share one.
  package var sharesCores: Bool
  /// The rate.
  package var samplesPerSecond: Estimate
  /// The rate over that of the series' first point; 1 there.
  package var speedup: Estimate
  /// The speedup over the growth of the workers.
  package var efficiency: Estimate
  /// The serial fraction of Karp and Flatt 1990; nil for one worker, in weak scaling, and where the
  /// series does not begin with one worker.
  package var serialFraction: Estimate?
  /// The share of the rate of large matrix products on as many workers in the same seconds.
  package var rooflineShare: Estimate
  /// Seconds a step by stage, of all workers together: means over the repeats.
  package var stages: StageTimes
  /// The SHA-256 of the model, the same in all repeats.
  package var digest: String
  /// The raw figures, in the order of the rounds.
  package var measurements: [TrainingMeasurement]

  private enum CodingKeys: String, CodingKey {
    case configuration, speedup, efficiency, stages, digest, measurements
    case isOversubscribed = "oversubscribed"
    case sharesCores = "shares_cores"
    case samplesPerSecond = "samples_per_second"
    case serialFraction = "serial_fraction"
    case rooflineShare = "roofline_share"
  }
}

/// The points that differ in nothing but their workers, and laws fitted to them.
package struct ScalingSeries: Codable, Sendable, Equatable {
  /// Rows of the batch; in weak scaling for each worker.
  package var batchSize: Int
  /// Rows of a shard.
  package var shardSize: Int
  /// From the fewest workers to the most.
  package var points: [ScalingPoint]
  /// Amdahl's law; nil in weak scaling and where points are too few.
  package var amdahl: AmdahlFit?
  /// The Universal Scalability Law; nil if points are too few.
  package var universal: UniversalScalabilityFit?

  private enum CodingKeys: String, CodingKey {
    case points, amdahl
    case batchSize = "batch_size"
    case shardSize = "shard_size"
    case universal = "universal_scalability"
  }
}

/// Speedup = 1 / (s + (1 - s) / N): Amdahl 1967.
package struct AmdahlFit: Codable, Sendable, Equatable {
  /// The serial fraction s, 0 to 1.
  package var serialFraction: Double
  /// The greatest speedup, 1 / s; nil if s is 0.
  package var limit: Double?
  /// (measured - fitted) / fitted at each fitted point, by the number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case limit, residuals
    case serialFraction = "serial_fraction"
  }

  /// The speedup that the law gives.
  ///
  /// - Parameter workers: How many workers, at least 1.
  /// - Returns: Over one worker.
  package func speedup(workers: Double) -> Double {
    1 / (serialFraction + (1 - serialFraction) / workers)
  }
}

/// Rate = r N / (1 + a (N - 1) + b N (N - 1)): Gunther 1993.
package struct UniversalScalabilityFit: Codable, Sendable, Equatable {
  /// The rate r of one worker, samples a second.
  package var rate: Double
  /// Contention a, at least 0.
  package var contention: Double
  /// Coherency b, at least 0.
  package var coherency: Double
  /// The number of workers with the greatest rate, sqrt((1 - a) / b); nil if the rate never falls.
  package var bestWorkers: Double?
  /// (measured - fitted) / fitted at each fitted point, by the number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case rate, contention, coherency, residuals
    case bestWorkers = "best_workers"
  }

  /// The rate that the law gives.
  ///
  /// - Parameter workers: How many workers, at least 1.
  /// - Returns: Samples a second.
  package func rate(workers: Double) -> Double {
    rate * workers / (1 + contention * (workers - 1) + coherency * workers * (workers - 1))
  }
}

/// Something about the machine or the figures that a reader has to know.
package struct ScalingFinding: Codable, Sendable, Equatable {
  /// How much it matters.
  package enum Severity: String, Codable, Sendable {
    /// A fact.
    case note
    /// Figures may not mean what they seem to.
    case warning
  }

  /// How much it matters.
  package var severity: Severity
  /// One sentence.
  package var text: String

  /// States something.
  ///
  /// - Parameters:
  ///   - severity: How much it matters.
  ///   - text: One sentence.
  package init(_ severity: Severity, _ text: String) {
    self.severity = severity
    self.text = text
  }
}

/// The content of `scaling.json`: an experiment, its ground, and what came out.
package struct ScalingResult: Codable, Sendable, Equatable {
  static let format = "trainer scaling"

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  package var version = TrainerVersion.current
  /// When it began, in UTC.
  package var created: String
  /// The command.
  package var command: [String]
  /// How it was made.
  package var plan: ScalingPlan
  /// The data.
  package var dataset: DatasetRecord
  /// Parameters of the network.
  package var parameters: Int
  /// The machine.
  package var machine: Machine
  /// Its processors.
  package var topology: CPUTopology
  /// What a reader has to know.
  package var findings: [ScalingFinding]
  /// The figures.
  package var series: [ScalingSeries]
  /// What the cost model predicts, where it was asked for.
  package var simulation: ScalingSimulation?

  private enum CodingKeys: String, CodingKey {
    case format, version, created, command, plan, dataset, parameters, machine, topology, findings,
      series, simulation
    case formatVersion = "format_version"
  }
}
