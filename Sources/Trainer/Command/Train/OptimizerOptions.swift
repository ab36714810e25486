import ArgumentParser
import Model
import Training

/// The update rule and its settings.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The optimizer.", valueName: "name"))
  var optimizer = OptimizerKind.adam

  @Option(
    name: [.long, .customLong("lr")], parsing: .unconditional,
    help: ArgumentHelp(
      "Learning rate, above 0 (default: \(Self.defaultRates)).", valueName: "x"))
  var learningRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(Self.help("Momentum", "momentum"), valueName: "x"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(Self.help("Decay of the mean square", "decay-rate"), valueName: "x"))
  var decayRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(Self.help("Decay of the first moment", "beta1"), valueName: "x"))
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(Self.help("Decay of the second moment", "beta2"), valueName: "x"))
  var beta2: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(Self.help("Added to the denominator", "epsilon"), valueName: "x"))
  var epsilon: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Weight decay of weight matrices (default: 0; adamw 0.01, decoupled).", valueName: "x"))
  var weightDecay: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Clip the norm of each step's gradient, over all parameters, to this.", valueName: "x"))
  var clipNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Limit the norm of each unit's incoming weights to this, after each step.", valueName: "x"))
  var maxNorm: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Evaluate and save an exponential moving average of the weights, with this decay.",
      valueName: "decay"))
  var ema: Double?

  private static var defaultRates: String {
    OptimizerKind.allCases.map { "\($0.rawValue) \(Optimizer($0).learningRate)" }
      .joined(separator: ", ")
  }

  /// The help of a setting that not every rule has: the rules that have it, and its defaults.
  private static func help(_ words: String, _ name: String) -> String {
    var groups: [(rules: [String], value: Double)] = []
    for kind in OptimizerKind.allCases {
      guard let setting = Optimizer(kind).settings.first(where: { $0.name == name }) else {
        continue
      }
      if groups.last?.value == setting.value {
        groups[groups.count - 1].rules.append(kind.rawValue)
      } else {
        groups.append(([kind.rawValue], setting.value))
      }
    }
    let texts = groups.enumerated().map { index, group in
      (group.rules.dropLast().joined(separator: ", ")
        + (group.rules.count > 1 ? " and " : "") + (group.rules.last ?? ""))
        + (index == 0 ? " (default: \(group.value))" : " (\(group.value))")
    }
    return "\(words), for \(texts.joined(separator: ", "))."
  }

  /// Puts the settings into a configuration.
  ///
  /// - Parameter configuration: Is changed.
  /// - Throws: What ``makeOptimizer()`` throws.
  func apply(to configuration: inout TrainingConfiguration) throws {
    configuration.optimizer = try makeOptimizer()
    configuration.clipNorm = clipNorm
    configuration.maxNorm = maxNorm
    configuration.emaDecay = ema
  }

  /// The rule with the settings given.
  ///
  /// - Throws: `TrainerError` for a setting that the rule has not, or a learning rate that no
  ///   single-precision number can hold.
  private func makeOptimizer() throws -> Optimizer {
    var result = Optimizer(optimizer)
    let given = [
      ("learning-rate", learningRate), ("momentum", momentum), ("decay-rate", decayRate),
      ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("weight-decay", weightDecay),
    ]
    for case (let name, let value?) in given where !result.set(name, to: value) {
      throw TrainerError(
        .usage,
        "--\(name) has no meaning for --optimizer \(optimizer.rawValue), whose settings are "
          + result.settings.map { "--\($0.name)" }.joined(separator: ", "))
    }
    // Outside the range of single precision it would silently be zero or infinity.
    let rate = result.learningRate
    if rate > 0, rate.isFinite, !Float(rate).isNormal {
      throw TrainerError(
        .usage,
        "--learning-rate is \(rate); it has to be from \(Float.leastNormalMagnitude) to "
          + "\(Float.greatestFiniteMagnitude)")
    }
    return result
  }
}

extension OptimizerKind: ExpressibleByArgument {
  /// Upper and lower case are the same.
  public init?(argument: String) {
    self.init(rawValue: argument.lowercased())
  }
}
