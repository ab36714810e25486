import ArgumentParser
import Training

/// Which samples make a step, and how they are cut.
struct BatchOptions: ParsableArguments {
  private static let defaultBatchSize = 512

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples in a batch, at least 1; one optimizer step unless --accumulate is given "
        + "(default: \(defaultBatchSize), or all training samples if they are fewer).",
      valueName: "n"))
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples that a thread works on at a time, at least 1. Changes the last bits of the result.",
      valueName: "n"))
  var shardSize = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Batches whose gradients are summed for one optimizer step, at least 1.", valueName: "k"))
  var accumulate = 1

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Shuffle the samples before each epoch, or keep the order of the file.")
  var shuffle = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seed of all random numbers, 0 to 18446744073709551615.", valueName: "n"))
  var seed: UInt64 = 0

  /// Puts the settings into a configuration.
  ///
  /// - Throws: `TrainerError` for what no data set could make right.
  func apply(to configuration: inout TrainingConfiguration) throws {
    let batchSize = batchSize ?? Self.defaultBatchSize
    try Self.check(batchSize: batchSize, shardSize: shardSize)
    configuration.batchSize = batchSize
    configuration.shardSize = shardSize
    configuration.accumulate = accumulate
    configuration.shuffle = shuffle
    configuration.seed = seed
  }

  /// Cuts the batch to the data if none was asked for.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - sampleCount: Samples of the training set.
  /// - Returns: A note for the user if the batch was cut.
  func fit(_ configuration: inout TrainingConfiguration, sampleCount: Int) -> String? {
    let trained = sampleCount - configuration.validationCount
    guard batchSize == nil,
      let size = configuration.largestBatch(upTo: configuration.batchSize, sampleCount: trained),
      size != configuration.batchSize
    else { return nil }
    let reason =
      size == trained
      ? "there are no more training samples"
      : "\(configuration.batchSize) would leave a last batch of one sample"
    configuration.batchSize = size
    return "The batch size is \(size), because \(reason); choose another with --batch-size"
  }

  /// The largest shard that the arithmetic of a run has room for, far beyond any use.
  private static let maximumShardSize = 1 << 20

  /// Refuses sizes that no data set could make right.
  ///
  /// - Parameters:
  ///   - batchSize: Rows of a batch.
  ///   - shardSize: Rows of a shard.
  /// - Throws: `TrainerError`.
  static func check(batchSize: Int, shardSize: Int) throws {
    guard batchSize >= 1 else {
      throw TrainerError(
        .usage,
        "--batch-size is \(batchSize); it has to be at least 1 and at most the training samples")
    }
    guard (1...maximumShardSize).contains(shardSize) else {
      throw TrainerError(
        .usage, "--shard-size is \(shardSize); it has to be from 1 to \(maximumShardSize)")
    }
  }
}
