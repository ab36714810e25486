import ArgumentParser
import Model
import Training

/// The network that is trained, and its loss.
struct NetworkOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions

  @Option(
    \.dropoutMode, "When dropout scales activations: inverted in training, vanilla in evaluation",
    value: "mode")
  var dropoutMode: Dropout.Mode?

  @Option(
    \.labelSmoothing, "Share of a label's probability that is spread evenly over all classes",
    value: "p")
  var labelSmoothing: Double?

  /// The long names of the options.
  static let names: Set<String> = [
    "model", "hidden", "batch-norm", "dropout", "dropout-mode", "label-smoothing",
  ]

  /// Puts the settings into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  /// - Throws: `TrainerError` that names the option.
  func apply(to configuration: inout TrainingConfiguration) throws {
    configuration.model = try model.modelDescription()
    if let dropoutMode { configuration.dropoutMode = dropoutMode }
    if let labelSmoothing { configuration.labelSmoothing = labelSmoothing }
  }
}

extension Dropout.Mode: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
