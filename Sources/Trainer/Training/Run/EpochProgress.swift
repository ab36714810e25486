import Model

/// The progress of an epoch, after one of its steps.
public struct EpochProgress: Sendable {
  /// The epoch's number, from 1.
  public var epoch: Int
  /// The number of steps of the whole run so far.
  public var step: Int
  /// The number of steps of this epoch so far.
  public var stepInEpoch: Int
  /// The number of steps of this epoch when it is complete.
  public var stepsPerEpoch: Int
  /// The summed loss and the correct predictions of this epoch so far.
  public var total: LossSum
  /// The number of samples of this epoch so far.
  public var sampleCount: Int
  /// The duration of this epoch's training so far, in seconds.
  public var seconds: Double
  /// The learning rate of the last step.
  public var learningRate: Double
  /// The summed loss and the correct predictions of the last step.
  public var lastStep: LossSum
  /// The number of samples of the last step.
  public var lastSampleCount: Int
}

extension EpochProgress {
  /// Continues an epoch.
  ///
  /// - Parameters:
  ///   - position: The run's progress.
  ///   - stepsPerEpoch: The number of steps of the epoch when it is complete.
  init(_ position: RunPosition, stepsPerEpoch: Int) {
    self.init(
      epoch: position.epoch, step: position.step, stepInEpoch: position.stepInEpoch,
      stepsPerEpoch: stepsPerEpoch, total: position.total, sampleCount: position.sampleCount,
      seconds: position.trainingSeconds, learningRate: 0, lastStep: LossSum(), lastSampleCount: 0)
  }

  /// Adds a step.
  ///
  /// If its loss is not finite, the sums of the epoch are unchanged.
  ///
  /// - Parameters:
  ///   - lastStep: The step's summed loss and correct predictions.
  ///   - sampleCount: The number of its samples.
  ///   - learningRate: Its learning rate.
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
