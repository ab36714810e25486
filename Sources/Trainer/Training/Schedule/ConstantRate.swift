import Model

/// A factor of 1 throughout.
struct ConstantRate: LearningRateCurve {
  static let settings: [DeclaredSetting<ConstantRate>] = []

  func factor(at point: CurvePoint) -> Double { 1 }
}
