import ArgumentParser
import Files
import Model
import Training

/// Dropout and loss of the network that is trained.
struct NetworkOptions: ParsableArguments {
  @Option(
    \.dropoutMode, "When dropout scales activations: inverted in training, vanilla in evaluation",
    value: "mode")
  var dropoutMode: Dropout.Mode?

  @Option(
    \.labelSmoothing, "Share of a label's probability that is spread evenly over all classes",
    value: "p")
  var labelSmoothing: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How much the samples of each class count in training: balanced, so that all classes count "
        + "the same together, or a number for each class, such as \"1, 1, 2.5\" (default: none).",
      valueName: "text"))
  var classWeights: String?

  /// The long names of the options.
  static let names: Set<String> = [
    "dropout-mode", "label-smoothing", "class-weights",
  ]

  /// Puts the settings into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  /// - Throws: `TrainerError` that names the option.
  func apply(to configuration: inout TrainingConfiguration) throws {
    if let dropoutMode { configuration.dropoutMode = dropoutMode }
    if let labelSmoothing { configuration.labelSmoothing = labelSmoothing }
    do {
      configuration.classWeights = try classWeights.map(ClassWeights.init)
    } catch {
      throw TrainerError(.usage, "--class-weights is not a list of weights:\n\(error.marked)")
    }
  }
}

extension Dropout.Mode: NamedChoice {}
