import Model

/// How far an epoch is.
public struct EpochProgress: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps of the whole run so far.
  public var step: Int
  /// Steps of this epoch so far.
  public var stepInEpoch: Int
  /// All steps of this epoch.
  public var stepsPerEpoch: Int
  /// Loss and correct predictions of this epoch so far.
  public var total: LossSum
  /// Samples of this epoch so far.
  public var sampleCount: Int
  /// Seconds that this epoch's training has taken.
  public var seconds: Double
  /// The rate of the last step.
  public var learningRate: Double
  /// Loss and correct predictions of the last step alone.
  public var lastStep: LossSum
  /// Samples of the last step.
  public var lastSampleCount: Int
}

/// The figures of an epoch.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Steps of the whole run so far.
  public var step: Int
  /// Training loss and accuracy: each sample with the weights of its step, dropout active.
  public var training: EvaluationResult
  /// Test loss and accuracy after the epoch.
  public var test: EvaluationResult
  /// The same for the samples that are held out; nil where none are.
  public var validation: EvaluationResult?
  /// Seconds of training, without evaluation.
  public var trainingSeconds: Double
  /// Seconds of the whole run so far, of all its parts.
  public var seconds: Double
  /// The rate that the last step used.
  public var learningRate: Double

  /// Training samples in a second.
  public var samplesPerSecond: Double { Double(training.sampleCount) / trainingSeconds }
  /// The figures that the run is judged by: on the samples held out, else on the test set.
  public var judged: EvaluationResult { validation ?? test }
}
