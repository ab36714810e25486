/// The operations of an optimizer step besides its update rule.
package struct UpdateOptions: Sendable, Equatable {
  /// The maximum number of batches per step, whose gradients are added; at least 1.
  package var accumulate = 1
  /// The maximum norm of the mean gradient over all parameters; nil for no limit.
  package var clipNorm: Double?
  /// The maximum norm of a unit's incoming weights; nil for no limit.
  package var maxNorm: Double?
  /// The decay per step of the model's moving average, below 1; nil for no average.
  package var emaDecay: Double?

  /// Creates options without any further operation.
  package init() {}

  /// Creates the options of a run's settings.
  ///
  /// - Parameter configuration: The settings.
  package init(_ configuration: TrainingConfiguration) {
    accumulate = configuration.accumulate
    clipNorm = configuration.clipNorm
    maxNorm = configuration.maxNorm
    emaDecay = configuration.emaDecay
  }
}
