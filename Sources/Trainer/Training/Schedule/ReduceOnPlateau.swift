import Model

/// A factor that is reduced whenever the loss has not improved for some epochs (PyTorch's
/// ReduceLROnPlateau).
public struct ReduceOnPlateau: LearningRateCurve {
  /// The number that a reduction multiplies the factor by, above 0 and less than 1.
  public var gamma = 0.1
  /// Epochs without improvement that are tolerated, at least 0.
  public var patience = 2
  /// The smallest factor, at least 0 and less than 1.
  public var minimum = 0.0

  package static let settings: [DeclaredSetting<ReduceOnPlateau>] = [
    .init("lr-gamma", .betweenZeroAndOne, \.gamma),
    .init("lr-patience", .atLeast(0), \.patience),
    .init("lr-minimum", .belowOne, \.minimum),
  ]

  /// The default settings.
  public init() {}

  package func factor(at point: CurvePoint) -> Double { point.plateauFactor }
}
