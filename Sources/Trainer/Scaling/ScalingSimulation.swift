/// Predictions of the cost model for machines that were not measured.
package struct ScalingSimulation: Codable, Sendable, Equatable {
  /// A measured point, and its prediction from the first point of the series.
  package struct Validation: Codable, Sendable, Equatable {
    /// The configuration.
    package var configuration: MeasuredConfiguration
    /// The measured rate in samples per second, the median.
    package var measured: Double
    /// The predicted rate in samples per second.
    package var predicted: Double
    /// The reasons to doubt the prediction, whatever its error; nil if there are none.
    package var doubts: [String]?

    /// The relative error (predicted - measured) / measured.
    package var error: Double { predicted / measured - 1 }
  }

  /// A prediction for one or more machines that were not measured.
  package struct Prediction: Codable, Sendable, Equatable {
    /// The number of machines.
    package var machines: Int
    /// The number of cores per machine, with one worker thread each.
    package var cores: Int
    /// The number of rows in a batch over all machines.
    package var batchSize: Int
    /// The number of rows in a shard.
    package var shardSize: Int
    /// The rate in samples per second of all machines together.
    package var samplesPerSecond: Double
    /// The seconds per step by part, on the worker that takes longest: gather, forward, merge,
    /// backward, update, transfer (between caches), barriers, exchange (between machines) and
    /// other.
    package var seconds: [String: Double]
    /// The reasons to doubt the prediction; nil if there are none.
    package var doubts: [String]?

    private enum CodingKeys: String, CodingKey {
      case machines, cores, seconds, doubts
      case batchSize = "batch_size"
      case shardSize = "shard_size"
      case samplesPerSecond = "samples_per_second"
    }
  }

  /// The validations of every measured point except the first of each series.
  package var validations: [Validation]
  /// The predictions for the requested machines.
  package var predictions: [Prediction]
  /// Predictions for smaller machines, for curves in charts; nil if there are none.
  package var between: [Prediction]?
  /// The constants of the machine.
  package var machine: MachineConstants
  /// The times of the network's products and optimizer.
  package var network: NetworkProbe
  /// The link between machines; nil if there is none.
  package var link: NetworkLink?
}
