/// The metrics of an epoch.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// The number of steps of the whole run at the end of the epoch.
  public var step: Int
  /// The loss and accuracy in training: each sample with the weights of its step, and with dropout.
  public var training: EvaluationResult
  /// The loss and accuracy on the test set after the epoch.
  public var test: EvaluationResult
  /// The loss and accuracy on the validation samples after the epoch; nil if there are none.
  public var validation: EvaluationResult?
  /// The duration of the epoch's training in seconds, without evaluation.
  public var trainingSeconds: Double
  /// The duration of the run so far in seconds, over all its parts.
  public var seconds: Double
  /// The learning rate of the last step.
  public var learningRate: Double

  /// The number of training samples per second.
  public var samplesPerSecond: Double { Double(training.sampleCount) / trainingSeconds }
  /// The metrics that are compared with the target accuracy: those of the validation samples; if
  /// there are none, those of the test set.
  public var targetMetrics: EvaluationResult { validation ?? test }
}
