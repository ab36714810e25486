import MNISTData
import Parallel

/// Whether the batch stays or grows with the workers.
public enum ScalingMode: String, Codable, Sendable, CaseIterable {
  /// The same batch for every number of workers.
  case strong
  /// The batch grows with the workers: `batch_size` is that of one worker.
  case weak
}

/// How an experiment was made.
public struct ScalingPlan: Codable, Sendable, Equatable {
  /// Whether the batch grows.
  public var mode: ScalingMode
  /// Rounds, each with every configuration once in an order of its own.
  public var repeats: Int
  /// Timed seconds of a measurement; nil where steps were counted.
  public var seconds: Double?
  /// Timed steps of a measurement; nil where seconds were.
  public var steps: Int?
  /// Where workers were bound.
  public var pin: WorkerPlacement
  /// Every effective setting that was the same for all configurations, by its option's name.
  public var settings: [String: Setting.Value]
}

/// The measurements of one configuration, and what they come to.
public struct ScalingPoint: Codable, Sendable, Equatable {
  /// What was measured.
  public var configuration: MeasuredConfiguration
  /// More workers than CPUs: what is measured then is the scheduler too.
  public var isOversubscribed: Bool
  /// More workers than physical cores: some share one.
  public var sharesCores: Bool
  /// The rate.
  public var samplesPerSecond: Estimate
  /// The rate over that of the series' first point; 1 there.
  public var speedup: Estimate
  /// The speedup over the growth of the workers.
  public var efficiency: Estimate
  /// The serial fraction of Karp and Flatt 1990; nil for one worker, in weak scaling, and where the
  /// series does not begin with one worker.
  public var serialFraction: Estimate?
  /// The share of the rate of large matrix products on as many workers in the same seconds.
  public var rooflineShare: Estimate
  /// Seconds a step by stage, of all workers together: means over the repeats.
  public var stages: StageTimes
  /// The SHA-256 of the model, the same in all repeats.
  public var digest: String
  /// The raw figures, in the order of the rounds.
  public var measurements: [TrainingMeasurement]

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
public struct ScalingSeries: Codable, Sendable, Equatable {
  /// Rows of the batch; in weak scaling for each worker.
  public var batchSize: Int
  /// Rows of a shard.
  public var shardSize: Int
  /// From the fewest workers to the most.
  public var points: [ScalingPoint]
  /// Amdahl's law; nil in weak scaling and where points are too few.
  public var amdahl: AmdahlFit?
  /// The Universal Scalability Law; nil where points are too few.
  public var universal: UniversalScalabilityFit?

  private enum CodingKeys: String, CodingKey {
    case points, amdahl
    case batchSize = "batch_size"
    case shardSize = "shard_size"
    case universal = "universal_scalability"
  }
}

/// Speedup = 1 / (s + (1 - s) / N): Amdahl 1967.
public struct AmdahlFit: Codable, Sendable, Equatable {
  /// The serial fraction s, 0 to 1.
  public var serialFraction: Double
  /// The greatest speedup, 1 / s; nil where s is 0.
  public var limit: Double?
  /// (measured - fitted) / fitted at each fitted point, by the number of workers.
  public var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case limit, residuals
    case serialFraction = "serial_fraction"
  }

  /// The speedup that the law gives.
  ///
  /// - Parameter workers: How many workers, at least 1.
  /// - Returns: Over one worker.
  public func speedup(workers: Double) -> Double {
    1 / (serialFraction + (1 - serialFraction) / workers)
  }
}

/// Rate = r N / (1 + a (N - 1) + b N (N - 1)): Gunther 1993.
public struct UniversalScalabilityFit: Codable, Sendable, Equatable {
  /// The rate r of one worker, samples a second.
  public var rate: Double
  /// Contention a, at least 0.
  public var contention: Double
  /// Coherency b, at least 0.
  public var coherency: Double
  /// The number of workers with the greatest rate, sqrt((1 - a) / b); nil where the rate never falls.
  public var bestWorkers: Double?
  /// (measured - fitted) / fitted at each fitted point, by the number of workers.
  public var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case rate, contention, coherency, residuals
    case bestWorkers = "best_workers"
  }

  /// The rate that the law gives.
  ///
  /// - Parameter workers: How many workers, at least 1.
  /// - Returns: Samples a second.
  public func rate(workers: Double) -> Double {
    rate * workers / (1 + contention * (workers - 1) + coherency * workers * (workers - 1))
  }
}

/// Something about the machine or the figures that a reader has to know.
public struct ScalingFinding: Codable, Sendable, Equatable {
  /// How much it matters.
  public enum Severity: String, Codable, Sendable {
    /// A fact.
    case note
    /// Figures may not mean what they seem to.
    case warning
  }

  /// How much it matters.
  public var severity: Severity
  /// One sentence.
  public var text: String

  /// States something.
  ///
  /// - Parameters:
  ///   - severity: How much it matters.
  ///   - text: One sentence.
  public init(_ severity: Severity, _ text: String) {
    self.severity = severity
    self.text = text
  }
}

/// The content of `scaling.json`: an experiment, its ground, and what came out.
public struct ScalingResult: Codable, Sendable, Equatable {
  static let format = "trainer scaling"

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  public var version = TrainerVersion.current
  /// When it began, in UTC.
  public var created: String
  /// The command.
  public var command: [String]
  /// How it was made.
  public var plan: ScalingPlan
  /// The data.
  public var dataset: DatasetRecord
  /// Parameters of the network.
  public var parameters: Int
  /// The machine.
  public var machine: Machine
  /// Its processors.
  public var topology: CPUTopology
  /// What a reader has to know.
  public var findings: [ScalingFinding]
  /// The figures.
  public var series: [ScalingSeries]
  /// What the cost model predicts, where it was asked for.
  public var simulation: ScalingSimulation?

  private enum CodingKeys: String, CodingKey {
    case format, version, created, command, plan, dataset, parameters, machine, topology, findings,
      series, simulation
    case formatVersion = "format_version"
  }
}
