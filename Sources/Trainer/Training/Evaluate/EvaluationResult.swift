import Model

/// The loss and accuracy of a model over a set of samples.
public struct EvaluationResult: Sendable, Equatable, Codable {
  /// The summed loss and the correct predictions of all samples.
  public var total: LossSum
  /// The number of samples.
  public var sampleCount: Int

  /// Creates a result from its parts.
  package init(total: LossSum, sampleCount: Int) {
    self.total = total
    self.sampleCount = sampleCount
  }

  /// The mean loss per sample, in nats.
  public var loss: Double { total.loss / Double(sampleCount) }
  /// The share of samples predicted correctly, from 0 to 1.
  public var accuracy: Double { Double(total.correct) / Double(sampleCount) }
}
