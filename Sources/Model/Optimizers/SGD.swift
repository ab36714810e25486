import CKernels

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

  package var kind: OptimizerKind { .sgd }
  package var optimizer: Optimizer { .sgd(self) }

  package func update(number: Int, learningRate: Double) -> Update {
    Update(rate: Float(learningRate), decay: Float(weightDecay))
  }

  /// The coefficients of one step.
  package struct Update: ParameterUpdate {
    let rate: Float
    let decay: Float

    package func apply(to slice: ParameterSlice) {
      kernel_sgd(
        slice.parameters, slice.gradients, slice.count, slice.scale, rate, slice.decay(decay))
    }
  }
}
