/// What the cost model says of machines that are not here: a prediction, not a measurement.
package struct ScalingSimulation: Codable, Sendable, Equatable {
  /// A point that was measured, and what the model says of it from the series' first point alone.
  package struct Validation: Codable, Sendable, Equatable {
    /// The configuration.
    package var configuration: MeasuredConfiguration
    /// Samples a second, the median.
    package var measured: Double
    /// Samples a second.
    package var predicted: Double
    /// Why the prediction is not to be believed, whatever its error; nil if nothing speaks against it.
    package var doubts: [String]?

    /// (predicted - measured) / measured.
    package var error: Double { predicted / measured - 1 }
  }

  /// A machine, or several, that was not measured.
  package struct Prediction: Codable, Sendable, Equatable {
    /// Machines.
    package var machines: Int
    /// Cores of each, a worker thread on each.
    package var cores: Int
    /// Rows of a batch over all machines.
    package var batchSize: Int
    /// Rows of a shard.
    package var shardSize: Int
    /// Samples a second of all machines together.
    package var samplesPerSecond: Double
    /// Seconds of a step by what they are spent on, on the worker that takes longest: gather, forward,
    /// merge, backward, update, transfer (between caches), barriers, exchange (between machines) and
    /// other.
    package var seconds: [String: Double]
    /// Why it is not to be believed; nil if nothing speaks against it.
    package var doubts: [String]?

    private enum CodingKeys: String, CodingKey {
      case machines, cores, seconds, doubts
      case batchSize = "batch_size"
      case shardSize = "shard_size"
      case samplesPerSecond = "samples_per_second"
    }
  }

  /// Every measured point but the first of each series.
  package var validations: [Validation]
  /// The machines asked for.
  package var predictions: [Prediction]
  /// Smaller machines on the way to those asked for, so that a chart can show a curve; nil if there
  /// are none.
  package var between: [Prediction]?
  /// What the model knows of the machine.
  package var machine: MachineConstants
  /// What it knows of the network's products and optimizer.
  package var network: NetworkProbe
  /// What joins machines; nil if nothing does.
  package var link: NetworkLink?
}
