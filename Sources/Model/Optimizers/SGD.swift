/// Stochastic gradient descent: w -= rate * g.
public struct SGD: UpdateRule {
  /// The step's size.
  public var learningRate = 0.1
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0

  package static let stateNames: [String] = []
  package static let settings: [DeclaredSetting<SGD>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
  ]

  /// The default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .sgd(rate: Float(learningRate), decay: Float(weightDecay))
  }
}
