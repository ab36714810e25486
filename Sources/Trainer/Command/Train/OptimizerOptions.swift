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
    help: ArgumentHelp(
      "Momentum, for momentum and nesterov (default: 0.9).", valueName: "x"))
  var momentum: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decay of the mean square, for rmsprop (default: 0.99).", valueName: "x"))
  var decayRate: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decay of the first moment, for adam and adamw (default: 0.9).", valueName: "x"))
  var beta1: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decay of the second moment, for adam and adamw (default: 0.999).", valueName: "x"))
  var beta2: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Added to the denominator, for adagrad (default: 1e-10), rmsprop, adam and adamw (1e-8).",
      valueName: "x"))
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
    let used = Set(result.usedSettings.map(\.name))
    func set(
      _ value: Double?, _ name: String, _ path: WritableKeyPath<Optimizer, Double>
    ) throws {
      guard let value else { return }
      guard used.contains(name) else {
        throw TrainerError(
          .usage,
          "--\(name) has no meaning for --optimizer \(optimizer.rawValue), whose settings are "
            + result.usedSettings.map { "--\($0.name)" }.joined(separator: ", "))
      }
      result[keyPath: path] = value
    }
    try set(learningRate, "learning-rate", \.learningRate)
    try set(momentum, "momentum", \.momentum)
    try set(decayRate, "decay-rate", \.decayRate)
    try set(beta1, "beta1", \.beta1)
    try set(beta2, "beta2", \.beta2)
    try set(epsilon, "epsilon", \.epsilon)
    try set(weightDecay, "weight-decay", \.weightDecay)
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
