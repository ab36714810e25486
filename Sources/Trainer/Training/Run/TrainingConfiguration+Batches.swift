import Files
import ImageData
import Model

extension TrainingConfiguration {
  /// The rows of a batch if none are asked for and the training set has as many.
  private static let defaultBatchSize = 512

  /// Rows of a batch.
  ///
  /// If it is never set, it is 512, and a run takes fewer where its training set has fewer.
  public var batchSize: Int {
    get { givenBatchSize ?? Self.defaultBatchSize }
    set { givenBatchSize = newValue }
  }

  /// Cuts the batch to the data if its size was never set: a default does not fail by itself.
  ///
  /// - Parameter sampleCount: Samples of the training set.
  /// - Returns: A note for the user if the batch was cut; nil if there is nothing to say.
  @discardableResult
  package mutating func fitBatch(sampleCount: Int) -> Message? {
    let trained = sampleCount - heldOut.count(of: sampleCount)
    guard givenBatchSize == nil, trained >= 1 else { return nil }
    // One sample that is normalized fits no batch; validation says what can be done.
    let size = largestBatch(upTo: batchSize, sampleCount: trained) ?? trained
    if size == batchSize { return nil }
    let reason =
      size == trained
      ? "there are no more training samples"
      : "\(batchSize) would leave a last batch of one sample"
    batchSize = size
    return "The batch size is \(size), because \(reason); choose another with "
      + "\(setting: "batch-size")"
  }

  /// The largest batch that cuts the training samples into batches that can be trained on.
  ///
  /// - Parameters:
  ///   - limit: The most rows that the batch may have.
  ///   - sampleCount: Samples that are trained on.
  /// - Returns: The rows of a batch; nil if there is no such batch.
  package func largestBatch(upTo limit: Int, sampleCount: Int) -> Int? {
    let most = min(limit, sampleCount)
    guard model.hasBatchNorm else { return most >= 1 ? most : nil }
    guard most >= 2 else { return nil }
    return (2...most).last { sampleCount % $0 != 1 }
  }

  /// The number of steps of one complete epoch; the last may have fewer samples.
  ///
  /// - Parameter sampleCount: Samples that are trained on, at least 1.
  /// - Returns: The steps.
  package func stepsPerEpoch(sampleCount: Int) -> Int {
    (sampleCount - 1) / (batchSize * accumulate) + 1
  }

  /// Refuses a batch of one sample where batch normalization needs more.
  ///
  /// - Parameter trained: Samples that are trained on.
  /// - Throws: ``TrainerError`` with what can be done.
  func validateBatches(trained: Int) throws {
    guard model.hasBatchNorm, batchSize == 1 || trained % batchSize == 1 else { return }
    let other = largestBatch(upTo: max(batchSize, 2), sampleCount: trained)
    throw TrainerError(
      .usage,
      "\(setting: "batch-size") \(batchSize) leaves a batch of one sample of \(trained), whose "
        + "variance batch normalization cannot take; use "
        + (other.map { "\(setting: "batch-size") \($0) or " } ?? "") + "a model without bn")
  }
}
