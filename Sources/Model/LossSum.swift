/// The summed loss and the number of correct predictions of some samples.
public struct LossSum: Sendable, Equatable, Codable, BitwiseCopyable {
  /// The sum of the samples' losses, in nats.
  public var loss = 0.0
  /// The number of samples predicted correctly.
  public var correct = 0

  /// Creates the sum of no samples.
  package init() {}

  /// Adds the sum of other samples.
  ///
  /// - Parameters:
  ///   - sum: The sum that is changed.
  ///   - other: The sum that is added.
  package static func += (sum: inout LossSum, other: LossSum) {
    sum.loss += other.loss
    sum.correct += other.correct
  }
}
