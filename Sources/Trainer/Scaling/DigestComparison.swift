import Files
import Training

/// Checks that measurements with equal batch sizes end with the same model.
struct DigestComparison {
  private struct Key: Hashable {
    let batchSize: Int
    let step: Int
  }

  private var first: [Key: TrainingMeasurement] = [:]

  /// Compares the digest of a measurement with earlier ones of the same batch size.
  ///
  /// - Parameter measurement: The measurement.
  /// - Throws: ``TrainerError`` if they differ.
  mutating func check(_ measurement: TrainingMeasurement) throws {
    let configuration = measurement.configuration
    let key = Key(batchSize: configuration.batchSize, step: measurement.digestStep)
    guard let other = first[key] else {
      first[key] = measurement
      return
    }
    if other.digest == measurement.digest { return }
    func words(_ measurement: TrainingMeasurement) -> String {
      "\(measurement.configuration.ranks) x \(measurement.configuration.threads) ranks x threads "
        + "in shards of \(measurement.configuration.shardSize) end with \(measurement.digest)"
    }
    throw TrainerError(
      .failed,
      "results differ: after \(key.step) steps with batches of \(key.batchSize), "
        + "\(words(other)), but \(words(measurement)). They must be the "
        + "same: this is a fault of the trainer or of the machine, and the figures cannot be "
        + "trusted")
  }
}
