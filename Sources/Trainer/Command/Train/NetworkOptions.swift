import ArgumentParser
import Model
import Training

/// What is trained.
struct NetworkOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Units of each hidden layer, separated by commas, or none.",
      valueName: "list"))
  var hidden = HiddenLayers(widths: [512, 256])

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Probability of dropping a hidden unit, at least 0 and less than 1.", valueName: "p"))
  var dropout = 0.2

  @Option(
    help: ArgumentHelp(
      "inverted scales activations in training, vanilla in evaluation.", valueName: "mode"))
  var dropoutMode = Dropout.Mode.inverted

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "Batch normalisation after each hidden layer.")
  var batchNorm = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Share of a label's probability that is spread evenly over all classes.", valueName: "p"))
  var labelSmoothing = 0.0

  /// Puts the settings into a configuration.
  func apply(to configuration: inout TrainingConfiguration) {
    configuration.hidden = hidden.widths
    configuration.dropout = dropout
    configuration.dropoutMode = dropoutMode
    configuration.batchNorm = batchNorm
    configuration.labelSmoothing = labelSmoothing
  }
}

/// The widths of hidden layers, as `512,256` on the command line; `none` for no hidden layer.
struct HiddenLayers: ExpressibleByArgument, Equatable {
  var widths: [Int]

  init(widths: [Int]) {
    self.widths = widths
  }

  init?(argument: String) {
    if argument.lowercased() == "none" {
      widths = []
      return
    }
    var widths: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let width = Int(part) else { return nil }
      widths.append(width)
    }
    self.widths = widths
  }

  var defaultValueDescription: String {
    widths.isEmpty ? "none" : widths.map(String.init).joined(separator: ",")
  }
}

extension Dropout.Mode: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
