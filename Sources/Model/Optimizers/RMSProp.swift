/// Steps divided by the root of a moving mean of squared gradients (Tieleman and Hinton 2012).
public struct RMSProp: UpdateRule {
  /// The step's size.
  public var learningRate = 0.001
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// How much of the old mean square stays.
  public var decayRate = 0.99
  /// Added to the root in the denominator.
  public var epsilon = 1e-8

  package static let stateNames = ["mean_square"]
  package static let settings: [DeclaredSetting<RMSProp>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("decay-rate", .belowOne, \.decayRate),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// The default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .rmsprop(
      rate: Float(learningRate), decay: Float(weightDecay), decayRate: Float(decayRate),
      complement: Float(1 - decayRate), epsilon: Float(epsilon))
  }
}
