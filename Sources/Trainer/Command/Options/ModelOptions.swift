import ArgumentParser
import Files
import Model
import Training

/// The layers of a network: `--model`, or the options that are short for it.
struct ModelOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Layers, such as \"dense 256 bn relu dropout 0.2, dense 128 relu\", or a preset of `trainer "
        + "models` (default: mlp).", valueName: "text"),
    completion: .shellCommand(Self.completion))
  var model: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Short for a --model of up to \(Perceptron.maximumLayers) dense layers: their units, "
        + "separated by commas, or none (default: "
        + "\(HiddenLayers(widths: Perceptron().hidden).defaultValueDescription)).",
      valueName: "list"))
  var hidden: HiddenLayers?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --hidden: probability of dropping a unit, at least 0 and less than 1 (default: "
        + "\(Perceptron().dropout)).", valueName: "p"))
  var dropout: Double?

  @Flag(
    inversion: .prefixedNo, exclusivity: .chooseLast,
    help: "With --hidden: batch normalization after each layer (default: --batch-norm).")
  var batchNorm: Bool?

  /// The long names of the options.
  static let names: Set<String> = ["model", "hidden", "batch-norm", "dropout"]

  /// A command of the requesting shell that prints the presets.
  ///
  /// Bash also runs it for `--model` of evaluate, predict and export, which takes a file: its
  /// completion script does not tell subcommands' options from the root's.
  private static var completion: String {
    let presets = "printf '%s\\n' \(ModelPreset.all.map(\.name).joined(separator: " "))"
    guard CompletionShell.requesting == .bash else { return presets }
    let files = "compgen -f -- \"${COMP_WORDS[COMP_CWORD]}\""
    return "case \"${COMP_WORDS[1]}\" in evaluate|predict|export) \(files) ;; *) \(presets) ;; esac"
  }

  /// Options that have no effect, in sentences.
  var optionsWithoutEffect: [String] {
    guard let dropout, dropout > 0, hidden?.widths == [] else { return [] }
    return ["--dropout is \(dropout), but with --hidden none there is no hidden unit to drop"]
  }
}

extension ModelOptions {
  /// The options that are short for a model, and whether they are given.
  private var shorthands: [(name: String, isGiven: Bool)] {
    [("hidden", hidden != nil), ("dropout", dropout != nil), ("batch-norm", batchNorm != nil)]
  }

  /// The model.
  ///
  /// - Returns: The layers.
  /// - Throws: `TrainerError` that names the option.
  func modelDescription() throws -> ModelDescription {
    guard let model else { return try perceptron().model }
    if let (name, _) = shorthands.first(where: \.isGiven) {
      throw TrainerError(
        .usage, "--\(name) has no meaning with --model, which describes each layer")
    }
    return try Self.parsed(model)
  }

  private static func parsed(_ text: String) throws -> ModelDescription {
    do {
      return try ModelPreset.model(text)
    } catch {
      // A text that starts with no layer may be meant as a name.
      let names = ModelPreset.all.map(\.name).joined(separator: ", ")
      let presets = error.position == 1 ? ", or the name of a preset: \(names)" : ""
      throw TrainerError(.usage, "--model is not a description:\n\(error.marked)\(presets)")
    }
  }

  /// The perceptron that the shorthands describe, with the defaults of those that are not given.
  private func perceptron() throws -> Perceptron {
    let standard = Perceptron()
    let result = Perceptron(
      hidden: hidden?.widths ?? standard.hidden, batchNorm: batchNorm ?? standard.batchNorm,
      dropout: dropout ?? standard.dropout)
    if let violation = result.violation {
      throw TrainerError(
        .usage,
        "--\(violation.setting) is \(violation.found); it must be \(violation.expected)")
    }
    return result
  }

  /// The model of several layers of options, each of which wins over those before.
  ///
  /// A layer's model replaces all before it; its shorthands replace their part of it.
  ///
  /// - Parameter layers: The options of each layer alone.
  /// - Returns: The options.
  /// - Throws: `TrainerError` if a shorthand cannot be a part of the model before it.
  static func layered(_ layers: [ModelOptions]) throws -> ModelOptions {
    var result = ModelOptions()
    (result.model, result.hidden, result.dropout, result.batchNorm) = (nil, nil, nil, nil)
    for layer in layers {
      let given = layer.shorthands.first(where: \.isGiven)?.name
      if layer.model != nil {
        result.model = layer.model
        (result.hidden, result.dropout, result.batchNorm) = (nil, nil, nil)
      } else if let given, let text = result.model {
        guard let perceptron = Perceptron(try parsed(text)) else {
          throw TrainerError(
            .usage,
            "--\(given) has no meaning with the model \"\(text)\" of the run, configuration file "
              + "or environment, whose layers are not alike")
        }
        result.model = nil
        result.hidden = HiddenLayers(widths: perceptron.hidden)
        // Without layers, neither is the model's.
        if !perceptron.hidden.isEmpty {
          result.dropout = perceptron.dropout
          result.batchNorm = perceptron.batchNorm
        }
      }
      result.hidden = layer.hidden ?? result.hidden
      result.dropout = layer.dropout ?? result.dropout
      result.batchNorm = layer.batchNorm ?? result.batchNorm
    }
    return result
  }
}
