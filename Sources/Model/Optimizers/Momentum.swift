import CKernels

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

  package var kind: OptimizerKind { isNesterov ? .nesterov : .momentum }
  package var optimizer: Optimizer { .momentum(self) }

  package func update(number: Int, learningRate: Double) -> Update {
    Update(
      rate: Float(learningRate), decay: Float(weightDecay), momentum: Float(momentum),
      isNesterov: isNesterov)
  }

  /// The coefficients of one step.
  package struct Update: ParameterUpdate {
    let rate: Float
    let decay: Float
    let momentum: Float
    let isNesterov: Bool

    package func apply(to slice: ParameterSlice) {
      let kernel = isNesterov ? kernel_nesterov : kernel_momentum
      kernel(
        slice.parameters, slice.gradients, slice.state1, slice.count, slice.scale, rate,
        slice.decay(decay), momentum)
    }
  }
}
