/// Gradient descent with a velocity: v = momentum * v - rate * g; w += v (Polyak 1964).
public struct Momentum: UpdateRule {
  /// The step's size.
  public var learningRate = 0.05
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// How much of the velocity stays.
  public var momentum = 0.9

  package static let stateNames = ["velocity"]
  package static let settings: [RuleSetting<Momentum>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("momentum", .belowOne, \.momentum),
  ]

  /// The default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .momentum(
      rate: Float(learningRate), decay: Float(weightDecay), momentum: Float(momentum))
  }
}

/// Momentum with the gradient's look-ahead (Sutskever and others 2013), as in PyTorch.
public struct Nesterov: UpdateRule {
  /// The step's size.
  public var learningRate = 0.05
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// How much of the velocity stays.
  public var momentum = 0.9

  package static let stateNames = ["velocity"]
  package static let settings: [RuleSetting<Nesterov>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("momentum", .belowOne, \.momentum),
  ]

  /// The default settings.
  public init() {}

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .nesterov(
      rate: Float(learningRate), decay: Float(weightDecay), momentum: Float(momentum))
  }
}
