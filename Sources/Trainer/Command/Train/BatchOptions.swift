import ArgumentParser
import Trainer

/// Which samples make a step, and how they are cut.
struct BatchOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples in a batch, at least 1. Each batch is one optimizer step unless --accumulate is given.",
      valueName: "n"))
  var batchSize = 512

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
    try Self.check(batchSize: batchSize, shardSize: shardSize)
    configuration.batchSize = batchSize
    configuration.shardSize = shardSize
    configuration.accumulate = accumulate
    configuration.shuffle = shuffle
    configuration.seed = seed
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
