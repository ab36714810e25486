import Model

extension TrainingConfiguration {
  /// The largest batch that cuts the training samples into batches that can be trained on.
  ///
  /// - Parameters:
  ///   - limit: The most rows that the batch may have.
  ///   - sampleCount: Samples that are trained on.
  /// - Returns: The rows of a batch; nil if there is no such batch.
  package func largestBatch(upTo limit: Int, sampleCount: Int) -> Int? {
    let most = min(limit, sampleCount)
    guard model.needsTwoSamples else { return most >= 1 ? most : nil }
    guard most >= 2 else { return nil }
    return (2...most).last { sampleCount % $0 != 1 }
  }

  /// Refuses a batch of one sample where batch normalisation needs more.
  ///
  /// - Parameter trained: Samples that are trained on.
  /// - Throws: ``TrainerError`` with what can be done.
  func validateBatches(trained: Int) throws {
    guard model.needsTwoSamples, batchSize == 1 || trained % batchSize == 1 else { return }
    let other = largestBatch(upTo: max(batchSize, 2), sampleCount: trained)
    throw TrainerError(
      .usage,
      "--batch-size \(batchSize) leaves a batch of one sample of \(trained), whose variance batch "
        + "normalisation cannot take; use \(other.map { "--batch-size \($0) or " } ?? "")"
        + "a model without bn")
  }
}
