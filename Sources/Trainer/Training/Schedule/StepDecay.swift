import Model

/// A factor that is reduced after every few epochs (PyTorch's StepLR).
public struct StepDecay: LearningRateCurve {
  /// Epochs between two reductions, at least 1.
  public var epochs = 3
  /// The number that a reduction multiplies the factor by, above 0 and less than 1.
  public var gamma = 0.1

  package static let settings: [DeclaredSetting<StepDecay>] = [
    .init("lr-step-epochs", .atLeast(1), \.epochs),
    .init("lr-gamma", .betweenZeroAndOne, \.gamma),
  ]

  /// The default settings.
  public init() {}

  package func factor(at point: CurvePoint) -> Double {
    power(gamma, (point.step - 1) / point.stepsPerEpoch / epochs)
  }
}
