/// What an optimizer step does beside its update rule.
package struct UpdateOptions: Sendable, Equatable {
  /// The most batches whose gradients are summed to one step, at least 1.
  package var accumulate = 1
  /// The greatest norm of the mean gradient, over all parameters; nil for no limit.
  package var clipNorm: Double?
  /// The greatest norm of a unit's incoming weights; nil for no limit.
  package var maxNorm: Double?
  /// The decay of the model's moving average; nil for none.
  package var emaDecay: Double?

  /// Nothing beside the rule.
  package init() {}

  /// What a run's settings say.
  ///
  /// - Parameter configuration: The settings.
  package init(_ configuration: TrainingConfiguration) {
    accumulate = configuration.accumulate
    clipNorm = configuration.clipNorm
    maxNorm = configuration.maxNorm
    emaDecay = configuration.emaDecay
  }
}
