/// An exponential moving average of losses with bias correction, as Adam's moments have it.
struct SmoothedLoss: Sendable {
  /// The share of the earlier average that is kept.
  static let decay = 0.9

  private var average = 0.0
  /// The weight of the zero that the average started with.
  private var weightOfZero = 1.0

  /// Adds a loss.
  ///
  /// - Parameter loss: The loss.
  /// - Returns: The average of all losses so far.
  mutating func add(_ loss: Double) -> Double {
    average = Self.decay * average + (1 - Self.decay) * loss
    weightOfZero *= Self.decay
    return average / (1 - weightOfZero)
  }
}
