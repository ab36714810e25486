import Model
import Training

/// The options of a command that trains a network for its result.
protocol TrainingOptions: StepOptions {
  var model: ModelOptions { get set }
  /// The file or run directory with the weights to start from; nil for random ones.
  var initialWeights: String? { get }
  /// Whether the weights to start from are not read, because a checkpoint has later ones.
  var hasCheckpoint: Bool { get throws }
  /// Whether the test set is evaluated after each epoch.
  var evaluates: Bool { get }
  /// Whether checkpoints are written, with the run's identity.
  var writesCheckpoints: Bool { get }
  /// The settings besides the configuration that decide what ranks do together.
  var jobSettings: [Setting] { get }
  /// The detail in which the workers' activity is recorded; nil for none.
  var profileDetail: StageProfile.Detail? { get }
  /// The files that are written.
  var outputs: [OutputPath] { get }
}
