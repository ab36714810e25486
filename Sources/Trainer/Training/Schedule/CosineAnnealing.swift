import Model

/// Half a cosine from 1 to the smallest factor over the steps after the warm-up (Loshchilov and
/// Hutter 2017, without restarts; PyTorch's CosineAnnealingLR).
public struct CosineAnnealing: LearningRateCurve {
  /// The smallest factor, at least 0 and less than 1.
  public var minimum = 0.0

  package static let settings: [DeclaredSetting<CosineAnnealing>] = [
    .init("lr-minimum", .belowOne, \.minimum)
  ]
  package static let dependsOnLength = true

  /// The default settings.
  public init() {}

  package func factor(at point: CurvePoint) -> Double {
    let start = point.warmupSteps
    guard point.step > start, point.totalSteps > start else { return 1 }
    let done = Double(min(point.step, point.totalSteps) - 1 - start)
    return Self.anneal(from: 1, to: minimum, share: done / Double(point.totalSteps - start))
  }
}
