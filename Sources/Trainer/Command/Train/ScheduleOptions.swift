import ArgumentParser
import Trainer

/// How long to train, and on which samples at a time.
struct ScheduleOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training set, at least 1.", valueName: "n"))
  var epochs = 10

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End after this many steps, if before the last epoch.", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Samples of one optimizer step, at least 1.", valueName: "n"))
  var batchSize = 512

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Samples that a thread works on at a time, at least 1. Changes the last bits.",
      valueName: "n"))
  var shardSize = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sum the gradients of this many batches to one step, at least 1.", valueName: "k"))
  var accumulate = 1

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Take samples in another order each epoch, or in the order of the file.")
  var shuffle = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hold this many training samples out, and evaluate on them too.", valueName: "n"))
  var validation = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End after this many epochs without a smaller validation loss.", valueName: "epochs"))
  var earlyStopping: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End when an epoch's accuracy, 0 to 1, is at least this: on the validation samples where "
        + "there are any, else on the test set.",
      valueName: "x"))
  var targetAccuracy: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What all random numbers come from, 0 to 18446744073709551615.", valueName: "n"))
  var seed: UInt64 = 0

  /// The largest counts that the arithmetic of a run has room for, far beyond any use.
  private static let maximumEpochs = Int(UInt32.max)
  private static let maximumShardSize = 1 << 20

  /// Puts the settings into a configuration.
  ///
  /// - Throws: `TrainerError` for what no data set could make right.
  func apply(to configuration: inout TrainingConfiguration) throws {
    func require(_ condition: Bool, _ option: String, _ found: Int, _ expected: String) throws {
      guard condition else {
        throw TrainerError(.usage, "\(option) is \(found); it has to be \(expected)")
      }
    }
    try require(
      (1...Self.maximumEpochs).contains(epochs), "--epochs", epochs,
      "from 1 to \(Self.maximumEpochs)")
    try require(
      batchSize >= 1, "--batch-size", batchSize, "at least 1 and at most the training samples")
    try require(
      (1...Self.maximumShardSize).contains(shardSize), "--shard-size", shardSize,
      "from 1 to \(Self.maximumShardSize)")
    configuration.epochs = epochs
    configuration.stepLimit = steps
    configuration.batchSize = batchSize
    configuration.shardSize = shardSize
    configuration.accumulate = accumulate
    configuration.shuffle = shuffle
    configuration.validationCount = validation
    configuration.earlyStoppingPatience = earlyStopping
    configuration.targetAccuracy = targetAccuracy
    configuration.seed = seed
  }
}
