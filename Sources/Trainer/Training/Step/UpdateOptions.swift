/// The operations of an optimizer step besides its update rule.
package struct UpdateOptions: Sendable, Equatable {
  /// The maximum number of batches per step, whose gradients are added; at least 1.
  package var accumulate = 1
  /// The maximum norm of the mean gradient over all parameters; nil for no limit.
  package var clipNorm: Double?
  /// The maximum norm of a unit's incoming weights; nil for no limit.
  package var maxNorm: Double?
  /// The decay per step of the model's moving average, below 1; nil for none, or for a mean of
  /// equal shares.
  package var emaDecay: Double?
  /// The number of the first step whose weights are averaged, from 1; nil to start with the initial
  /// weights.
  package var firstAveragedStep: Int?
  /// Whether the running statistics are averaged like the parameters.
  package var averagesStatistics = true

  /// Creates options without any further operation.
  package init() {}

  /// Creates the options of a run's settings.
  ///
  /// - Parameters:
  ///   - configuration: The settings.
  ///   - stepsPerEpoch: The number of steps of an epoch.
  package init(_ configuration: TrainingConfiguration, stepsPerEpoch: Int) {
    accumulate = configuration.accumulate
    clipNorm = configuration.clipNorm
    maxNorm = configuration.maxNorm
    emaDecay = configuration.emaDecay
    firstAveragedStep = configuration.averageFrom.map { ($0 - 1) * stepsPerEpoch + 1 }
    averagesStatistics = configuration.averageStatistics == nil
  }

  /// Whether the model needs memory for an average.
  package var keepsAverage: Bool { emaDecay != nil || firstAveragedStep != nil }

  /// The share that the average keeps of itself in a step.
  ///
  /// Before the first averaged step the average is the model itself. From then on the n-th step's
  /// decay is at most (n - 1) / n, with which the average is the mean of n models (Polyak and
  /// Juditsky 1992).
  ///
  /// - Parameter step: The step's number, from 1.
  /// - Returns: The decay, from 0 to below 1.
  func averageDecay(step: Int) -> Double {
    let decay = emaDecay ?? 1
    guard let firstAveragedStep else { return decay }
    let count = max(step - firstAveragedStep + 1, 1)
    return min(decay, Double(count - 1) / Double(count))
  }
}
