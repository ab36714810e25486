import Training

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
