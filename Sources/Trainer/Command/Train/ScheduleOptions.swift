import ArgumentParser
import Training

/// How long to train, and what to judge it by.
struct ScheduleOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Passes over the training set, at least 1.", valueName: "n"))
  var epochs = 10

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after this many steps, even before the last epoch ends.", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Training samples to hold out for validation: they are not trained on, and decide which epoch is best.",
      valueName: "n"))
  var validation = 0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after this many epochs without a smaller validation loss; needs --validation.",
      valueName: "epochs"))
  var earlyStopping: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop when an epoch's accuracy, 0 to 1, is at least this: on the validation samples with "
        + "--validation, else on the test set.",
      valueName: "x"))
  var targetAccuracy: Double?

  /// The largest count that the arithmetic of a run has room for, far beyond any use.
  private static let maximumEpochs = Int(UInt32.max)

  /// Puts the settings into a configuration.
  ///
  /// - Throws: `TrainerError` for what no data set could make right.
  func apply(to configuration: inout TrainingConfiguration) throws {
    guard (1...Self.maximumEpochs).contains(epochs) else {
      throw TrainerError(
        .usage, "--epochs is \(epochs); it has to be from 1 to \(Self.maximumEpochs)")
    }
    configuration.epochs = epochs
    configuration.stepLimit = steps
    configuration.validationCount = validation
    configuration.earlyStoppingPatience = earlyStopping
    configuration.targetAccuracy = targetAccuracy
  }
}
