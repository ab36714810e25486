import ArgumentParser
import Files
import ImageData
import Training

/// The options for the length of training, and for stopping earlier.
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
    parsing: .unconditional,
    help: ArgumentHelp(
      "Hold out part k of K for cross-validation, in place of --validation; the seed chooses the "
        + "parts (default: none).",
      valueName: "k/K"))
  var fold: String?

  @Flag(
    \.stratify,
    "Hold out samples of each class in proportion to its size, or of any class at random")
  var stratify: Bool?

  @Option(
    \.earlyStoppingPatience,
    "Epochs without a smaller validation loss after which the run ends", value: "epochs",
    note: "Needs --validation or --fold.")
  var earlyStopping: Int?

  @Option(
    \.targetAccuracy, "Accuracy of an epoch at which the run ends", value: "x",
    note: "Measured on the validation samples with --validation or --fold, else on the test set.")
  var targetAccuracy: Double?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  /// - Throws: `TrainerError` that names the option.
  func apply(to configuration: inout TrainingConfiguration) throws {
    if let epochs { configuration.epochs = epochs }
    if let steps { configuration.stepLimit = steps }
    if let validation { configuration.validationCount = validation }
    configuration.fold = try fold.map(Self.parsedFold)
    if let stratify { configuration.stratify = stratify }
    if let earlyStopping { configuration.earlyStoppingPatience = earlyStopping }
    if let targetAccuracy { configuration.targetAccuracy = targetAccuracy }
  }
  private static func parsedFold(_ text: String) throws -> Fold {
    do {
      return try Fold(text)
    } catch {
      throw TrainerError(.usage, "--fold is not a part of cross-validation:\n\(error.marked)")
    }
  }
}
