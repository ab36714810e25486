/// The update rules.
public enum OptimizerKind: String, Sendable, CaseIterable, Codable {
  /// w -= rate * g.
  case sgd
  /// v = momentum * v - rate * g; w += v (Polyak 1964).
  case momentum
  /// The same with the gradient's look-ahead (Sutskever et al. 2013), as in PyTorch.
  case nesterov
  /// Duchi, Hazan and Singer 2011.
  case adagrad
  /// Tieleman and Hinton 2012.
  case rmsprop
  /// Kingma and Ba 2015.
  case adam
  /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
  case adamw

  /// What each parameter's state is, a float each, in the order of memory.
  public var stateNames: [String] {
    switch self {
    case .sgd: []
    case .momentum, .nesterov: ["velocity"]
    case .adagrad: ["square_sum"]
    case .rmsprop: ["mean_square"]
    case .adam, .adamw: ["first_moment", "second_moment"]
    }
  }

  /// Floats of state that each parameter has.
  public var stateCount: Int { stateNames.count }
}

/// An update rule with its settings; the state is its caller's.
public struct Optimizer: Sendable, Equatable, Codable {
  /// The rule.
  public let kind: OptimizerKind
  /// The step's size.
  public var learningRate: Double
  /// For momentum and Nesterov.
  public var momentum: Double
  /// How much of the old mean square RMSProp keeps.
  public var decayRate: Double
  /// How much of the old first moment Adam keeps.
  public var beta1: Double
  /// How much of the old second moment Adam keeps.
  public var beta2: Double
  /// Added to the root in a denominator.
  public var epsilon: Double
  /// Decay of weight matrices: in the gradient, or decoupled for AdamW.
  public var weightDecay: Double

  /// A rule with its default settings: PyTorch's, but for the learning rate.
  ///
  /// - Parameter kind: The rule.
  public init(_ kind: OptimizerKind) {
    self.kind = kind
    momentum = 0.9
    decayRate = 0.99
    beta1 = 0.9
    beta2 = 0.999
    epsilon = kind == .adagrad ? 1e-10 : 1e-8
    weightDecay = kind == .adamw ? 0.01 : 0
    learningRate =
      switch kind {
      case .sgd: 0.1
      case .momentum, .nesterov: 0.05
      case .adagrad: 0.01
      case .rmsprop, .adam, .adamw: 0.001
      }
  }

  /// The settings that the rule uses, by the names of their options.
  public var usedSettings: [(name: String, value: Double)] {
    let common = [("learning-rate", learningRate), ("weight-decay", weightDecay)]
    return switch kind {
    case .sgd: common
    case .momentum, .nesterov: common + [("momentum", momentum)]
    case .adagrad: common + [("epsilon", epsilon)]
    case .rmsprop: common + [("decay-rate", decayRate), ("epsilon", epsilon)]
    case .adam, .adamw: common + [("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon)]
    }
  }

  /// The rule's coefficients for one step.
  ///
  /// - Parameters:
  ///   - number: The step, from 1.
  ///   - gradientScale: What summed gradients are multiplied by: one over the batch's rows.
  ///   - learningRate: The step's size where a schedule changes it; nil for ``learningRate``.
  /// - Returns: The update of that step.
  package func step(
    number: Int, gradientScale: Float, learningRate: Double? = nil
  ) -> OptimizerStep {
    OptimizerStep(
      self, number: number, gradientScale: gradientScale,
      learningRate: learningRate ?? self.learningRate)
  }
}
