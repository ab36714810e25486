/// How the learning rate changes over a run: a factor of the optimizer's rate for every step.
public struct LearningRateSchedule: Sendable, Equatable {
  /// The shapes of the curve.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// 1 throughout.
    case constant
    /// `gamma` to the number of whole `stepEpochs` gone by.
    case step
    /// Half a cosine from 1 to `minimum` over the run (Loshchilov and Hutter 2017, without restarts).
    case cosine
    /// Up from 1/25 and down to 1/250,000 over the run (Smith and Topin 2018; PyTorch's defaults).
    case oneCycle = "one-cycle"
    /// Times `gamma` whenever the loss has not improved for `patience` epochs.
    case plateau
  }

  /// The curve's shape.
  public var kind = Kind.constant
  /// Steps over which the factor rises linearly to the curve; 0 for none.
  public var warmupSteps = 0
  /// For `step`: epochs between two reductions.
  public var stepEpochs = 3
  /// For `step` and `plateau`: what a reduction multiplies by.
  public var gamma = 0.1
  /// For `plateau`: epochs without improvement that are put up with.
  public var patience = 2
  /// For `cosine` and `plateau`: the smallest factor.
  public var minimum = 0.0

  /// Constant, without warm-up.
  public init() {}

  /// The settings that the shape uses, by the names of their options.
  package var usedSettings: [(name: String, value: Setting.Value)] {
    switch kind {
    case .constant, .oneCycle: []
    case .step: [("lr-step-epochs", .integer(stepEpochs)), ("lr-gamma", .number(gamma))]
    case .cosine: [("lr-minimum", .number(minimum))]
    case .plateau:
      [
        ("lr-gamma", .number(gamma)), ("lr-patience", .integer(patience)),
        ("lr-minimum", .number(minimum)),
      ]
    }
  }

  /// Whether the curve is stretched over the run, so that a longer run has another.
  public var dependsOnLength: Bool { kind == .cosine || kind == .oneCycle }
}
