/// Steps divided by the root of all squared gradients so far (Duchi, Hazan and Singer 2011).
public struct AdaGrad: UpdateRule {
  /// The step's size.
  public var learningRate = 0.01
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// Added to the root in the denominator.
  public var epsilon = 1e-10

  package static let stateNames = ["square_sum"]
  package static let settings: [DeclaredSetting<AdaGrad>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// The default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .adagrad(rate: Float(learningRate), decay: Float(weightDecay), epsilon: Float(epsilon))
  }
}
