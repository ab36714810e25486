import ArgumentParser
import Training

/// How long to train, and when to stop.
struct ScheduleOptions: ParsableArguments {
  @Option(\.epochs, "Passes over the training set", value: "n")
  var epochs: Int?

  @Option(\.stepLimit, "Steps after which the run ends, even within an epoch", value: "n")
  var steps: Int?

  @Option(
    \.validationCount, "Training samples to hold out for validation", value: "n",
    note: "They are not trained on, and decide which epoch is best.")
  var validation: Int?

  @Option(
    \.earlyStoppingPatience,
    "Epochs without a smaller validation loss after which the run ends", value: "epochs",
    note: "Needs --validation.")
  var earlyStopping: Int?

  @Option(
    \.targetAccuracy, "Accuracy of an epoch at which the run ends", value: "x",
    note: "Measured on the validation samples with --validation, else on the test set.")
  var targetAccuracy: Double?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  func apply(to configuration: inout TrainingConfiguration) {
    if let epochs { configuration.epochs = epochs }
    if let steps { configuration.stepLimit = steps }
    if let validation { configuration.validationCount = validation }
    if let earlyStopping { configuration.earlyStoppingPatience = earlyStopping }
    if let targetAccuracy { configuration.targetAccuracy = targetAccuracy }
  }
}
