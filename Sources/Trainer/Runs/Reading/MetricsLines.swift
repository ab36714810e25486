import Training

/// The line of an epoch in a metrics file.
package struct RecordedEpoch: Codable, Sendable, Equatable {
  /// The epoch's number, from 1.
  package var epoch: Int
  /// The number of steps of the whole run at the end of the epoch.
  package var step: Int
  /// The mean training loss per sample, in nats.
  package var trainLoss: Double
  /// The share of training samples predicted correctly, from 0 to 1.
  package var trainAccuracy: Double
  /// The mean loss per sample of the test set, in nats.
  package var testLoss: Double
  /// The share of the test set predicted correctly, from 0 to 1.
  package var testAccuracy: Double
  /// The mean loss per sample of the validation samples, in nats; nil if there are none.
  package var validationLoss: Double?
  /// The share of the validation samples predicted correctly, from 0 to 1; nil if there are none.
  package var validationAccuracy: Double?
  /// The duration of the epoch's training in seconds, without evaluation.
  package var trainSeconds: Double
  /// The number of training samples per second.
  package var samplesPerSecond: Double
  /// The learning rate of the last step.
  package var learningRate: Double

  enum CodingKeys: String, CodingKey {
    case epoch, step
    case trainLoss = "train_loss"
    case trainAccuracy = "train_accuracy"
    case testLoss = "test_loss"
    case testAccuracy = "test_accuracy"
    case validationLoss = "validation_loss"
    case validationAccuracy = "validation_accuracy"
    case trainSeconds = "train_seconds"
    case samplesPerSecond = "samples_per_second"
    case learningRate = "learning_rate"
  }
}

/// The last line of a run that has ended.
package struct RecordedEnd: Codable, Sendable, Equatable {
  /// The number of steps done.
  package var step: Int
  /// The duration of the run in seconds, over all its parts.
  package var seconds: Double
  /// The share of the test set predicted correctly after the last epoch, from 0 to 1.
  package var testAccuracy: Double
  /// The digest of the final weights: 64 hexadecimal digits.
  package var weightsDigest: String
  /// The reason why the run ended before its last epoch, for example `early-stopping`; nil if it
  /// did not.
  package var endedBy: String?
  /// The number of the best epoch, from 1.
  package var bestEpoch: Int?
  /// The test accuracy of the best epoch, from 0 to 1.
  package var bestTestAccuracy: Double?
  /// The number of the first epoch that reached the target accuracy; nil if there is no target, or
  /// no epoch reached it.
  package var targetEpoch: Int?
  /// The duration of the run until the end of that epoch, in seconds.
  package var targetSeconds: Double?

  /// Creates a last line from its parts.
  ///
  /// - Parameters:
  ///   - step: The number of steps done.
  ///   - seconds: The duration of the run in seconds.
  ///   - testAccuracy: The share of the test set predicted correctly, from 0 to 1.
  ///   - weightsDigest: The digest of the final weights: 64 hexadecimal digits.
  ///   - endedBy: The reason why the run ended before its last epoch; nil if it did not.
  package init(
    step: Int, seconds: Double, testAccuracy: Double, weightsDigest: String,
    endedBy: String? = nil
  ) {
    self.step = step
    self.seconds = seconds
    self.testAccuracy = testAccuracy
    self.weightsDigest = weightsDigest
    self.endedBy = endedBy
  }

  enum CodingKeys: String, CodingKey {
    case step, seconds
    case testAccuracy = "test_accuracy"
    case weightsDigest = "weights_digest"
    case endedBy = "ended_by"
    case bestEpoch = "best_epoch"
    case bestTestAccuracy = "best_test_accuracy"
    case targetEpoch = "target_epoch"
    case targetSeconds = "target_seconds"
  }
}

extension RecordedEpoch {
  /// Creates the line of an epoch.
  ///
  /// - Parameter record: The metrics of the epoch.
  init(_ record: EpochRecord) {
    epoch = record.epoch
    step = record.step
    trainLoss = record.training.loss
    trainAccuracy = record.training.accuracy
    testLoss = record.test.loss
    testAccuracy = record.test.accuracy
    validationLoss = record.validation?.loss
    validationAccuracy = record.validation?.accuracy
    trainSeconds = record.trainingSeconds
    samplesPerSecond = record.samplesPerSecond
    learningRate = record.learningRate
  }
}

extension RecordedEnd {
  /// Creates the last line of a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The metrics of its last epoch.
  ///   - ending: The reason why it ended.
  ///   - seconds: The duration of all its parts in seconds.
  ///   - digest: The digest of its final weights.
  package init(
    run: TrainingRun, last: EpochRecord, ending: RunEnding, seconds: Double, digest: String
  ) {
    self.init(
      step: run.position.step, seconds: seconds, testAccuracy: last.test.accuracy,
      weightsDigest: digest, endedBy: ending == .completed ? nil : ending.rawValue)
    let best = run.position.best ?? last
    bestEpoch = best.epoch
    bestTestAccuracy = best.test.accuracy
    let reached = run.configuration.targetAccuracy.flatMap(run.position.epoch(reaching:))
    targetEpoch = reached?.epoch
    targetSeconds = reached?.seconds
  }
}
