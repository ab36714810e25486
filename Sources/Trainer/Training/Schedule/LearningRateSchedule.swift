import Model

/// The schedule of the learning rate: a factor of the optimizer's rate for every step of a run.
public enum LearningRateSchedule: Sendable, Equatable {
  /// 1 throughout.
  case constant
  /// Reduced after every few epochs.
  case step(StepDecay)
  /// Half a cosine down, over the run.
  case cosine(CosineAnnealing)
  /// Up and down, over the run.
  case oneCycle
  /// Reduced whenever the loss stops falling.
  case plateau(ReduceOnPlateau)

  /// The schedules, by name.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// 1 throughout.
    case constant
    /// ``StepDecay``.
    case step
    /// ``CosineAnnealing``.
    case cosine
    /// Up and down, over the run.
    case oneCycle = "one-cycle"
    /// ``ReduceOnPlateau``.
    case plateau
  }

  /// A schedule with its default settings.
  ///
  /// - Parameter kind: The schedule.
  public init(_ kind: Kind) {
    self =
      switch kind {
      case .constant: .constant
      case .step: .step(StepDecay())
      case .cosine: .cosine(CosineAnnealing())
      case .oneCycle: .oneCycle
      case .plateau: .plateau(ReduceOnPlateau())
      }
  }

  /// The schedule's name.
  public var kind: Kind {
    switch self {
    case .constant: .constant
    case .step: .step
    case .cosine: .cosine
    case .oneCycle: .oneCycle
    case .plateau: .plateau
    }
  }

  private var curve: any LearningRateCurve {
    switch self {
    case .constant: ConstantRate()
    case .step(let curve): curve
    case .cosine(let curve): curve
    case .oneCycle: OneCycle()
    case .plateau(let curve): curve
    }
  }

  /// Whether the curve is stretched over the run, so that a longer run has another.
  public var dependsOnLength: Bool { type(of: curve).dependsOnLength }

  /// The schedule's settings with their values.
  package var settings: [DeclaredValue] { curve.values }

  /// Changes a setting.
  ///
  /// - Parameters:
  ///   - name: The setting's name.
  ///   - value: Its new value, which is not checked.
  /// - Returns: False if the schedule has no such setting; nothing has changed then.
  package mutating func set(_ name: String, to value: Setting.Value) -> Bool {
    let changed: Self? =
      switch self {
      case .constant, .oneCycle: nil
      case .step(let curve): curve.setting(name, to: value).map(Self.step)
      case .cosine(let curve): curve.setting(name, to: value).map(Self.cosine)
      case .plateau(let curve): curve.setting(name, to: value).map(Self.plateau)
      }
    self = changed ?? self
    return changed != nil
  }

  /// The factor of the optimizer's learning rate in a step.
  ///
  /// The same bits on every machine.
  ///
  /// - Parameter point: The step's place in the run; past its last step the curve stays where it
  ///   ended.
  /// - Returns: The factor, at least 0; exactly 1 for a constant rate after the warm-up.
  package func factor(at point: CurvePoint) -> Double {
    // Without the box of `curve`, because a step must not allocate.
    let factor =
      switch self {
      case .constant: ConstantRate().factor(at: point)
      case .step(let curve): curve.factor(at: point)
      case .cosine(let curve): curve.factor(at: point)
      case .oneCycle: OneCycle().factor(at: point)
      case .plateau(let curve): curve.factor(at: point)
      }
    let warmup = point.warmupSteps
    return point.step < warmup ? factor * (Double(point.step) / Double(warmup)) : factor
  }
}
