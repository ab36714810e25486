import Model

/// Up from 1/25 to 1 over the first 30 % of the run, then down to 1/250,000, both along half a
/// cosine (Smith and Topin 2018; PyTorch's OneCycleLR with its defaults).
struct OneCycle: LearningRateCurve {
  static let settings: [DeclaredSetting<OneCycle>] = []
  static let dependsOnLength = true

  /// PyTorch's `pct_start`, `div_factor` and `final_div_factor`.
  private static let (rise, start, end) = (0.3, 1.0 / 25, 1.0 / 25 / 10_000)

  func factor(at point: CurvePoint) -> Double {
    let total = point.totalSteps
    let done = Double(min(point.step, total) - 1)
    let peak = Self.rise * Double(total) - 1
    let last = Double(total - 1)
    if done <= peak { return Self.anneal(from: Self.start, to: 1, share: done / peak) }
    return Self.anneal(from: 1, to: Self.end, share: (done - peak) / (last - peak))
  }
}
