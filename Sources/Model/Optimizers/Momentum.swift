/// Gradient descent with momentum (Polyak 1964): v = momentum * v - rate * g; w += v.
///
/// With look-ahead it is Nesterov's momentum (Sutskever et al. 2013), in the form of PyTorch.
public struct Momentum: UpdateRule {
  /// The learning rate.
  public var learningRate = 0.05
  /// The weight decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// The share of the velocity that is kept in each step.
  public var momentum = 0.9
  /// Whether the rule is Nesterov's momentum.
  public let isNesterov: Bool

  package static let stateNames = ["velocity"]
  package static let settings: [DeclaredSetting<Momentum>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("momentum", .belowOne, \.momentum),
  ]

  /// Creates a rule with the default settings.
  ///
  /// - Parameter isNesterov: Whether the rule is Nesterov's momentum.
  public init(isNesterov: Bool = false) {
    self.isNesterov = isNesterov
  }

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    return isNesterov
      ? .nesterov(rate: rate, decay: decay, momentum: momentum)
      : .momentum(rate: rate, decay: decay, momentum: momentum)
  }
}
