import ArgumentParser
import Model
import Training

/// The update rule and its settings.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The optimizer.", valueName: "name"))
  var optimizer = TrainingConfiguration.standard.optimizer.kind

  @Option("learning-rate", of: .optimizers, "Learning rate", value: "x", alias: "lr")
  var learningRate: Double?

  @Option("momentum", of: .optimizers, "Momentum", value: "x")
  var momentum: Double?

  @Option("decay-rate", of: .optimizers, "Decay of the mean square", value: "x")
  var decayRate: Double?

  @Option("beta1", of: .optimizers, "Decay of the first moment", value: "x")
  var beta1: Double?

  @Option("beta2", of: .optimizers, "Decay of the second moment", value: "x")
  var beta2: Double?

  @Option("epsilon", of: .optimizers, "Added to the denominator", value: "x")
  var epsilon: Double?

  @Option(
    "weight-decay", of: .optimizers, "Weight decay of weight matrices", value: "x",
    note: "Decoupled for adamw.")
  var weightDecay: Double?

  @Option(
    \.clipNorm, "Largest norm of each step's gradient, over all parameters", value: "x")
  var clipNorm: Double?

  @Option(
    \.maxNorm, "Largest norm of each unit's incoming weights, after each step", value: "x")
  var maxNorm: Double?

  @Option(
    \.emaDecay,
    "Decay of an exponential moving average of the weights, which is evaluated and saved",
    value: "decay")
  var ema: Double?

  @Option(
    \.averageFrom,
    "Epoch from which on the weights are averaged: with --ema as it says, otherwise the mean of "
      + "all steps since. The average is evaluated and saved",
    value: "epoch")
  var averageFrom: Int?

  @Option(
    \.averageStatistics,
    "Estimate the average's batch-norm statistics before each evaluation, from this many of the "
      + "epoch's batches",
    value: "n", note: "Without it, the running statistics are averaged.")
  var averageStatistics: Int?

  /// Puts the options that are given into a configuration.
  ///
  /// - Parameter configuration: The configuration to change.
  /// - Throws: `TrainerError` for a setting that the optimizer does not have.
  func apply(to configuration: inout TrainingConfiguration) throws {
    configuration.optimizer = try makeOptimizer()
    if let clipNorm { configuration.clipNorm = clipNorm }
    if let maxNorm { configuration.maxNorm = maxNorm }
    if let ema { configuration.emaDecay = ema }
    if let averageFrom { configuration.averageFrom = averageFrom }
    if let averageStatistics { configuration.averageStatistics = averageStatistics }
  }

  private func makeOptimizer() throws -> Optimizer {
    var result = Optimizer(optimizer)
    let given = [
      ("learning-rate", learningRate), ("momentum", momentum), ("decay-rate", decayRate),
      ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon), ("weight-decay", weightDecay),
    ]
    for case (let name, let value?) in given where !result.set(name, to: value) {
      throw SettingOwners.optimizers.refusal(of: name, by: optimizer.rawValue)
    }
    return result
  }
}

extension OptimizerKind: NamedChoice {}
