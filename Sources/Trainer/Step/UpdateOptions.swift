/// What an optimizer step does beside its update rule.
public struct UpdateOptions: Sendable, Equatable {
  /// The most batches whose gradients are summed to one step, at least 1.
  public var accumulate = 1
  /// The greatest norm of the mean gradient, over all parameters; nil for no limit.
  public var clipNorm: Double?
  /// The greatest norm of a unit's incoming weights; nil for no limit.
  public var maxNorm: Double?
  /// The decay of the model's moving average; nil for none.
  public var emaDecay: Double?

  /// Nothing beside the rule.
  public init() {}

  /// What a run's settings say.
  ///
  /// - Parameter configuration: The settings.
  public init(_ configuration: TrainingConfiguration) {
    accumulate = configuration.accumulate
    clipNorm = configuration.clipNorm
    maxNorm = configuration.maxNorm
    emaDecay = configuration.emaDecay
  }
}
