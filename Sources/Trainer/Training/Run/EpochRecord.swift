import Model

/// How far an epoch is.
package struct EpochProgress: Sendable {
  /// The epoch, from 1.
  package var epoch: Int
  /// Steps of the whole run so far.
  package var step: Int
  /// Steps of this epoch so far.
  package var stepInEpoch: Int
  /// All steps of this epoch.
  package var stepsPerEpoch: Int
  /// Loss and correct predictions of this epoch so far.
  package var total: LossSum
  /// Samples of this epoch so far.
  package var sampleCount: Int
  /// Seconds that this epoch's training has taken.
  package var seconds: Double
  /// The rate of the last step.
  package var learningRate: Double
  /// Loss and correct predictions of the last step alone.
  package var lastStep: LossSum
  /// Samples of the last step.
  package var lastSampleCount: Int
}

/// The figures of an epoch.
package struct EpochRecord: Sendable, Equatable, Codable {
  /// The epoch, from 1.
  package var epoch: Int
  /// Steps of the whole run so far.
  package var step: Int
  /// Training loss and accuracy: each sample with the weights of its step, dropout active.
  package var training: EvaluationResult
  /// Test loss and accuracy after the epoch.
  package var test: EvaluationResult
  /// The same for the samples that are held out; nil where none are.
  package var validation: EvaluationResult?
  /// Seconds of training, without evaluation.
  package var trainingSeconds: Double
  /// Seconds of the whole run so far, of all its parts.
  package var seconds: Double
  /// The rate that the last step used.
  package var learningRate: Double

  /// Training samples in a second.
  package var samplesPerSecond: Double { Double(training.sampleCount) / trainingSeconds }
  /// The figures that the run is judged by: on the samples held out, else on the test set.
  package var judged: EvaluationResult { validation ?? test }
}
