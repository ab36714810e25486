import Files
import ImageData
import Model

extension TrainingConfiguration {
  /// Checks the settings against their limits, each other and the data.
  ///
  /// A batch size that was not set is cut to the data, and never fails.
  ///
  /// - Parameter sampleCount: Samples of the training set; nil while they are not known.
  /// - Throws: ``TrainerError`` that names the setting, what was given and what is allowed.
  public func validate(sampleCount: Int?) throws {
    let declared = Self.declarations.compactMap { $0.value(of: self) }
    for value in declared + optimizer.settings + schedule.settings {
      try require(value.isAllowed, value.name, value.value, value.limits)
    }
    if let averageFrom {
      try require(
        averageFrom <= epochs, "average-from", averageFrom,
        "at most \(epochs), the number of epochs")
    }
    try validateAverageStatistics()
    try validateHeldOut()
    if let sampleCount { try validate(against: sampleCount) }
  }

  private func validateAverageStatistics() throws {
    guard averageStatistics != nil else { return }
    guard keepsAverage else {
      throw TrainerError(
        .usage,
        "\(setting: "average-statistics") needs \(setting: "ema") or \(setting: "average-from"), "
          + "whose statistics it estimates")
    }
    guard model.hasBatchNorm else {
      throw TrainerError(
        .usage,
        "\(setting: "average-statistics") needs a model with bn, which has the statistics that it "
          + "estimates")
    }
  }

  private func validate(against sampleCount: Int) throws {
    try require(
      validationCount < sampleCount, "validation", validationCount,
      "less than \(sampleCount), the number of training samples")
    if let fold {
      try require(
        fold.count <= sampleCount, "fold", fold,
        "of at most \(sampleCount) folds, the number of training samples")
    }
    let trained = sampleCount - heldOut.count(of: sampleCount)
    var fitted = self
    fitted.fitBatch(sampleCount: sampleCount)
    try require(
      fitted.batchSize <= trained, "batch-size", fitted.batchSize,
      "from 1 to \(trained), the number of samples trained on")
    try fitted.validateBatches(trained: trained)
  }

  private func require(
    _ condition: Bool, _ setting: String, _ found: Any, _ expected: String
  ) throws {
    guard condition else {
      throw TrainerError(.usage, "\(setting: setting) is \(found); it must be \(expected)")
    }
  }
}
