/// Stochastic gradient descent: w -= rate * g.
public struct SGD: UpdateRule {
  /// The learning rate.
  public var learningRate = 0.1
  /// The weight decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0

  package static let stateNames: [String] = []
  package static let settings: [DeclaredSetting<SGD>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
  ]

  /// Creates a rule with the default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .sgd(rate: Float(learningRate), decay: Float(weightDecay))
  }
}
