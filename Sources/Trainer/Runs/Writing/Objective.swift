import Training

/// A metric of an epoch that a search for good settings improves.
package enum Objective: String, CaseIterable, Sendable {
  /// The loss of the samples that are held out, in nats: smaller is better.
  case validationLoss = "validation-loss"
  /// The share of the samples held out that is predicted correctly, from 0 to 1.
  case validationAccuracy = "validation-accuracy"
  /// The loss of the test set, in nats: smaller is better.
  case testLoss = "test-loss"
  /// The share of the test set that is predicted correctly, from 0 to 1.
  case testAccuracy = "test-accuracy"
  /// The loss in training, in nats: smaller is better.
  case trainLoss = "train-loss"
  /// The share of the training samples that is predicted correctly in training, from 0 to 1.
  case trainAccuracy = "train-accuracy"

  /// Whether it needs samples that are held out.
  package var needsValidation: Bool { self == .validationLoss || self == .validationAccuracy }

  /// The value of an epoch.
  ///
  /// - Parameter epoch: The epoch.
  /// - Returns: The value; nil without the samples that it needs, or if it is not finite.
  package func value(of epoch: EpochRecord) -> Double? {
    let value: Double? =
      switch self {
      case .validationLoss: epoch.validation?.loss
      case .validationAccuracy: epoch.validation?.accuracy
      case .testLoss: epoch.test.loss
      case .testAccuracy: epoch.test.accuracy
      case .trainLoss: epoch.training.loss
      case .trainAccuracy: epoch.training.accuracy
      }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}
