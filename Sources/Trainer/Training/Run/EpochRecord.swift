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

extension EpochProgress {
  /// Continues an epoch.
  ///
  /// - Parameters:
  ///   - position: How far the run is.
  ///   - stepsPerEpoch: All steps of the epoch.
  init(_ position: RunPosition, stepsPerEpoch: Int) {
    self.init(
      epoch: position.epoch, step: position.step, stepInEpoch: position.stepInEpoch,
      stepsPerEpoch: stepsPerEpoch, total: position.total, sampleCount: position.sampleCount,
      seconds: position.trainingSeconds, learningRate: 0, lastStep: LossSum(), lastSampleCount: 0)
  }

  /// Counts a step; one whose loss is not finite enters no sum.
  ///
  /// - Parameters:
  ///   - lastStep: The step's loss and correct predictions, over its samples.
  ///   - sampleCount: Its samples.
  ///   - learningRate: Its rate.
  mutating func advance(_ lastStep: LossSum, sampleCount: Int, learningRate: Double) {
    step += 1
    stepInEpoch += 1
    self.lastStep = lastStep
    lastSampleCount = sampleCount
    self.learningRate = learningRate
    if hasDiverged { return }
    total += lastStep
    self.sampleCount += sampleCount
  }

  /// Whether the last step's loss is not finite.
  var hasDiverged: Bool { !lastStep.loss.isFinite }
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
