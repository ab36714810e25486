import Files
import ImageData
import Model

extension TrainingRun {
  /// The longest plausible duration in seconds: more than 3,000 years.
  private static let longest = 1e11
  /// The largest loss of a sample: a sum of a few single-precision numbers.
  private static let greatestLoss = 1e39
  /// The most that a sample's loss may be below zero because of rounding.
  private static let lossRounding = 1e-3

  /// Refuses a position that a run with these settings and data cannot reach.
  ///
  /// The digest of a file shows that it is undamaged, but not that this program wrote it.
  ///
  /// - Parameters:
  ///   - position: The position.
  ///   - place: Where it was read, for messages.
  /// - Throws: ``TrainerError`` that names the field, what was found and what was expected.
  func validate(_ position: RunPosition, from place: String) throws {
    let field = PositionField(place: place, name: "position")
    let epochs = position.history.count
    try field["epoch"].require(
      position.epoch == epochs + 1, position.epoch,
      "\(epochs + 1), one more than the epochs in `history`")
    // All steps of an epoch may be done: a signal may arrive before its evaluation.
    try field["stepInEpoch"].require(
      (0...stepsPerEpoch).contains(position.stepInEpoch), position.stepInEpoch,
      "0 to \(stepsPerEpoch), the steps of an epoch")
    let step = epochs * stepsPerEpoch + position.stepInEpoch
    try field["step"].require(
      position.step == step, position.step,
      "\(step): \(stepsPerEpoch) per epoch in `history`, plus `stepInEpoch`")
    let samples = min(
      position.stepInEpoch * configuration.batchSize * configuration.accumulate, samplesPerEpoch)
    try field["sampleCount"].require(
      position.sampleCount == samples, position.sampleCount, "\(samples), those of `stepInEpoch`")
    try validate(position.total, sampleCount: samples, field["total"])
    try validateTraining(
      seconds: position.trainingSeconds, sampleCount: samples, field["trainingSeconds"])
    try validate(seconds: position.seconds, field["seconds"])
    for (index, record) in position.history.enumerated() {
      try validate(record, epoch: index + 1, field["history[\(index)]"])
    }
  }

  private func validate(_ record: EpochRecord, epoch: Int, _ field: PositionField) throws {
    try field["epoch"].require(record.epoch == epoch, record.epoch, "\(epoch)")
    let step = epoch * stepsPerEpoch
    try field["step"].require(record.step == step, record.step, "\(step)")
    try validate(record.training, sampleCount: samplesPerEpoch, field["training"])
    try validate(record.test, sampleCount: dataset.test.count, field["test"])
    let validationCount = split.validation.count
    try field["validation"].require(
      (record.validation == nil) == (validationCount == 0),
      record.validation == nil ? "none" : "metrics",
      validationCount == 0 ? "none, since no samples are held out" : "metrics")
    if let validation = record.validation {
      try validate(validation, sampleCount: validationCount, field["validation"])
    }
    try validateTraining(
      seconds: record.trainingSeconds, sampleCount: samplesPerEpoch, field["trainingSeconds"])
    try validate(seconds: record.seconds, field["seconds"])
    try field["learningRate"].require(
      record.learningRate.isFinite, record.learningRate, "a finite number")
  }

  private func validate(
    _ result: EvaluationResult, sampleCount: Int, _ field: PositionField
  ) throws {
    try field["sampleCount"].require(
      result.sampleCount == sampleCount, result.sampleCount, "\(sampleCount)")
    try validate(result.total, sampleCount: sampleCount, field["total"])
  }

  private func validate(_ total: LossSum, sampleCount: Int, _ field: PositionField) throws {
    let count = Double(sampleCount)
    try field["loss"].require(
      (-count * Self.lossRounding...count * Self.greatestLoss).contains(total.loss), total.loss,
      sampleCount == 0
        ? "0, since there is no sample yet" : "the summed loss of \(sampleCount) samples")
    try field["correct"].require(
      (0...sampleCount).contains(total.correct), total.correct,
      "0 to \(sampleCount), the number of samples")
  }

  private func validate(seconds: Double, _ field: PositionField) throws {
    try field.require((0...Self.longest).contains(seconds), seconds, "0 to \(Self.longest)")
  }

  /// Checks a training time: it must not be zero if there are samples, since it divides their
  /// number.
  private func validateTraining(
    seconds: Double, sampleCount: Int, _ field: PositionField
  ) throws {
    try validate(seconds: seconds, field)
    try field.require(
      sampleCount == 0 ? seconds == 0 : (Double(sampleCount) / seconds).isFinite, seconds,
      sampleCount == 0 ? "0, since there is no sample yet" : "more than 0")
  }
}

/// A field of a position, named for messages.
private struct PositionField {
  let place: String
  let name: String

  subscript(part: String) -> PositionField { PositionField(place: place, name: "\(name).\(part)") }

  func require(_ condition: Bool, _ found: Any, _ expected: String) throws {
    guard condition else {
      throw TrainerError(
        .badData, "\(place): field `\(name)`: found \(found), expected \(expected)")
    }
  }
}
