/// Gradient descent with a velocity: v = momentum * v - rate * g; w += v (Polyak 1964).
///
/// With look-ahead the gradient enters as in Sutskever and others 2013, in PyTorch's form (Nesterov).
public struct Momentum: UpdateRule {
  /// The step's size.
  public var learningRate = 0.05
  /// Decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// How much of the velocity stays.
  public var momentum = 0.9
  /// Whether the gradient looks ahead.
  public let looksAhead: Bool

  package static let stateNames = ["velocity"]
  package static let settings: [DeclaredSetting<Momentum>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("momentum", .belowOne, \.momentum),
  ]

  /// The default settings.
  ///
  /// - Parameter looksAhead: Whether the gradient looks ahead.
  public init(looksAhead: Bool = false) {
    self.looksAhead = looksAhead
  }

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    let (rate, decay, momentum) = (Float(learningRate), Float(weightDecay), Float(momentum))
    return looksAhead
      ? .nesterov(rate: rate, decay: decay, momentum: momentum)
      : .momentum(rate: rate, decay: decay, momentum: momentum)
  }
}
