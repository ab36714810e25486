import Machine
import Model
import Parallel
import Training

/// Whether the batch size stays constant or grows with the number of workers.
package enum ScalingMode: String, Codable, Sendable, CaseIterable {
  /// The same batch for every number of workers.
  case strong
  /// The batch grows with the workers: `batch_size` is per worker.
  case weak
}

/// The plan of an experiment.
package struct ScalingPlan: Codable, Sendable, Equatable {
  /// Whether the batch grows with the workers.
  package var mode: ScalingMode
  /// The number of rounds.
  ///
  /// Each measures every configuration once, in a random order.
  package var repeats: Int
  /// The timed seconds of a measurement; nil if `steps` is given.
  package var seconds: Double?
  /// The timed steps of a measurement; nil if `seconds` is given.
  package var steps: Int?
  /// The placement of workers on CPUs.
  package var pin: WorkerPlacement
  /// Every effective setting that is equal for all configurations, by its name.
  package var settings: [String: Setting.Value]
}

/// A measured point: the measurements of one configuration, with medians and intervals.
package struct ScalingPoint: Codable, Sendable, Equatable {
  /// The measured configuration.
  package var configuration: MeasuredConfiguration
  /// Whether there are more workers than CPUs, so that the scheduler is measured too.
  package var isOversubscribed: Bool
  /// Whether there are more workers than physical cores, so that some share one.
  package var sharesCores: Bool
  /// The rate in samples per second.
  package var samplesPerSecond: Estimate
  /// The rate divided by that of the series' first point, for which it is 1.
  package var speedup: Estimate
  /// The speedup divided by the growth of the number of workers.
  package var efficiency: Estimate
  /// The serial fraction of Karp and Flatt 1990; nil for one worker, in weak scaling, and if the
  /// series does not begin with one worker.
  package var serialFraction: Estimate?
  /// The share of the FMA peak of the same workers at the same time; nil in files of older versions,
  /// which measured matrix products instead.
  package var peakShare: Estimate?
  /// The seconds per step by stage, of all workers together; means over the repeats.
  package var stages: StageTimes
  /// The SHA-256 of the model, the same in all repeats.
  package var digest: String
  /// The single measurements, in the order of the rounds.
  package var measurements: [TrainingMeasurement]

  private enum CodingKeys: String, CodingKey {
    case configuration, speedup, efficiency, stages, digest, measurements
    case isOversubscribed = "oversubscribed"
    case sharesCores = "shares_cores"
    case samplesPerSecond = "samples_per_second"
    case serialFraction = "serial_fraction"
    case peakShare = "peak_share"
  }
}

/// Points that differ only in their numbers of workers, and laws fitted to them.
package struct ScalingSeries: Codable, Sendable, Equatable {
  /// The number of rows in a batch; in weak scaling, per worker.
  package var batchSize: Int
  /// The number of rows in a shard.
  package var shardSize: Int
  /// The points, from the fewest workers to the most.
  package var points: [ScalingPoint]
  /// The fit of Amdahl's law; nil in weak scaling and if there are too few points.
  package var amdahl: AmdahlFit?
  /// The fit of the Universal Scalability Law; nil if there are too few points.
  package var universal: UniversalScalabilityFit?

  private enum CodingKeys: String, CodingKey {
    case points, amdahl
    case batchSize = "batch_size"
    case shardSize = "shard_size"
    case universal = "universal_scalability"
  }
}

/// A fit of Amdahl's law (Amdahl 1967): speedup = 1 / (s + (1 - s) / N) with N workers.
package struct AmdahlFit: Codable, Sendable, Equatable {
  /// The serial fraction s, 0 to 1.
  package var serialFraction: Double
  /// The limit of the speedup, 1 / s; nil if s is 0.
  package var limit: Double?
  /// The relative errors (measured - fitted) / fitted at the fitted points, by number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case limit, residuals
    case serialFraction = "serial_fraction"
  }

  /// The speedup by the law.
  ///
  /// - Parameter workers: The number of workers, at least 1.
  /// - Returns: The speedup over one worker.
  package func speedup(workers: Double) -> Double {
    1 / (serialFraction + (1 - serialFraction) / workers)
  }
}

/// A fit of the Universal Scalability Law (Gunther 1993): rate = r N / (1 + a (N - 1) + b N (N -
/// 1)).
package struct UniversalScalabilityFit: Codable, Sendable, Equatable {
  /// The rate r of one worker, in samples per second.
  package var rate: Double
  /// The contention a, at least 0.
  package var contention: Double
  /// The coherency b, at least 0.
  package var coherency: Double
  /// The number of workers with the highest rate, sqrt((1 - a) / b); nil if the rate never falls.
  package var bestWorkers: Double?
  /// The relative errors (measured - fitted) / fitted at the fitted points, by number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case rate, contention, coherency, residuals
    case bestWorkers = "best_workers"
  }

  /// The rate by the law.
  ///
  /// - Parameter workers: The number of workers, at least 1.
  /// - Returns: The rate in samples per second.
  package func rate(workers: Double) -> Double {
    rate * workers / (1 + contention * (workers - 1) + coherency * workers * (workers - 1))
  }
}

/// A fact about the machine or the figures that readers should know.
package struct ScalingFinding: Codable, Sendable, Equatable {
  /// The importance of a finding.
  package enum Severity: String, Codable, Sendable {
    /// A fact.
    case note
    /// A condition that may distort the figures.
    case warning
  }

  /// The importance of the finding.
  package var severity: Severity
  /// One sentence.
  package var text: String

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - severity: The importance of the finding.
  ///   - text: One sentence.
  package init(_ severity: Severity, _ text: String) {
    self.severity = severity
    self.text = text
  }
}

/// The content of `scaling.json`: an experiment, its conditions and its results.
package struct ScalingResult: Codable, Sendable, Equatable {
  static let format = "trainer scaling"

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  package var version = TrainerVersion.current
  /// The time when the experiment began, in UTC.
  package var created: String
  /// The command line, as words.
  package var command: [String]
  /// The plan of the experiment.
  package var plan: ScalingPlan
  /// The data set.
  package var dataset: DatasetRecord
  /// The number of parameters of the network.
  package var parameters: Int
  /// The machine.
  package var machine: Machine
  /// The processors of the machine.
  package var topology: CPUTopology
  /// The findings about the machine and the figures.
  package var findings: [ScalingFinding]
  /// The measured series.
  package var series: [ScalingSeries]
  /// The predictions of the cost model, if they were requested.
  package var simulation: ScalingSimulation?

  private enum CodingKeys: String, CodingKey {
    case format, version, created, command, plan, dataset, parameters, machine, topology, findings,
      series, simulation
    case formatVersion = "format_version"
  }
}
