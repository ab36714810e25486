import ArgumentParser
import Training

/// Which samples make a step, and how they are cut.
struct BatchOptions: ParsableArguments {
  @Option(
    \.batchSize, "Samples in a batch", value: "n",
    default: "\(TrainingConfiguration.standard.batchSize), or all training samples if they are "
      + "fewer",
    note: "A batch is one optimizer step unless --accumulate is given.")
  var batchSize: Int?

  @Option(
    \.shardSize, "Samples that a thread works on at a time, rounded up to a multiple of 8",
    value: "n", note: "Does not change the result.")
  var shardSize: ShardSize?

  @Option(
    \.accumulate, "Batches whose gradients are summed for one optimizer step", value: "k")
  var accumulate: Int?

  @Flag(\.shuffle, "Shuffle the samples before each epoch, or keep the order of the file")
  var shuffle: Bool?

  @Option(\.seed, "Seed of all random numbers", value: "n")
  var seed: UInt64?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  func apply(to configuration: inout TrainingConfiguration) {
    if let batchSize { configuration.batchSize = batchSize }
    if let shardSize { configuration.shardSize = shardSize }
    if let accumulate { configuration.accumulate = accumulate }
    if let shuffle { configuration.shuffle = shuffle }
    if let seed { configuration.seed = seed }
  }
}

extension ShardSize: ExpressibleByArgument {
  /// `auto` in upper or lower case, or a number.
  public init?(argument: String) {
    if argument.lowercased() == "auto" {
      self = .auto
    } else if let rows = Int(argument) {
      self = .rows(rows)
    } else {
      return nil
    }
  }
}
