import Model
import Parallel

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
