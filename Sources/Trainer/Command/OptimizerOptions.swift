import ArgumentParser
import Model
import Trainer

/// The update rule and its settings.
struct OptimizerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      OptimizerKind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"))
  var optimizer = OptimizerKind.adam

  @Option(
    name: [.long, .customLong("lr")],
    help: ArgumentHelp("The step's size (default: the optimizer's own).", valueName: "x"))
  var learningRate: Double?

  @Option(help: ArgumentHelp("For momentum and nesterov (default: 0.9).", valueName: "x"))
  var momentum: Double?

  @Option(help: ArgumentHelp("For rmsprop (default: 0.99).", valueName: "x"))
  var decayRate: Double?

  @Option(help: ArgumentHelp("For adam and adamw (default: 0.9).", valueName: "x"))
  var beta1: Double?

  @Option(help: ArgumentHelp("For adam and adamw (default: 0.999).", valueName: "x"))
  var beta2: Double?

  @Option(
    help: ArgumentHelp(
      "For adagrad (default: 1e-10), rmsprop, adam and adamw (1e-8).", valueName: "x"))
  var epsilon: Double?

  @Option(
    help: ArgumentHelp(
      "Decay of weight matrices (default: 0; adamw 0.01, decoupled).", valueName: "x"))
  var weightDecay: Double?

  /// The rule with the settings given.
  ///
  /// - Throws: `TrainerError` for a setting that the rule has not.
  func makeOptimizer() throws -> Optimizer {
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
    return result
  }
}

extension OptimizerKind: ExpressibleByArgument {}
