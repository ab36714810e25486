import Training

/// An epoch's line of a metrics file.
package struct RecordedEpoch: Codable, Sendable, Equatable {
  /// The epoch, from 1.
  package var epoch: Int
  /// Steps of the whole run so far.
  package var step: Int
  /// The mean loss of the epoch's samples.
  package var trainLoss: Double
  /// The share of the epoch's samples predicted right.
  package var trainAccuracy: Double
  /// The mean loss of the test set.
  package var testLoss: Double
  /// The share of the test set predicted right.
  package var testAccuracy: Double
  /// The mean loss of the held-out samples; nil where none were held out.
  package var validationLoss: Double?
  /// The share of the held-out samples predicted right; nil where none were held out.
  package var validationAccuracy: Double?
  /// Seconds of training.
  package var trainSeconds: Double
  /// Training samples in a second.
  package var samplesPerSecond: Double
  /// The rate that the last step used.
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
  /// Steps done.
  package var step: Int
  /// Seconds that the run took.
  package var seconds: Double
  /// The share of the test set predicted right.
  package var testAccuracy: Double
  /// The digest of the weights, 64 hexadecimal digits.
  package var weightsDigest: String
  /// Why the run ended before its last epoch, `early-stopping` say; nil where it did not.
  package var endedBy: String?
  /// The epoch judged best.
  package var bestEpoch: Int?
  /// That epoch's share of the test set predicted right.
  package var bestTestAccuracy: Double?
  /// The epoch that reached the accuracy asked for; nil where none was asked for or did.
  package var targetEpoch: Int?
  /// Seconds of the run until then.
  package var targetSeconds: Double?

  /// Puts a last line together.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - seconds: Seconds that the run took.
  ///   - testAccuracy: The share of the test set predicted right.
  ///   - weightsDigest: The digest of the weights.
  ///   - endedBy: Why the run ended before its last epoch; nil where it did not.
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
  /// The line of an epoch.
  ///
  /// - Parameter record: Its figures.
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
  /// The last line of a run.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The figures of its last epoch.
  ///   - ending: Why it ended.
  ///   - seconds: Seconds of all its parts.
  ///   - digest: The digest of its weights.
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
