import CKernels

/// AdaGrad (Duchi, Hazan and Singer 2011): gradients are divided by the root of the sum of all
/// squared gradients so far.
public struct AdaGrad: UpdateRule {
  /// The learning rate.
  public var learningRate = 0.01
  /// The weight decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// The number added to the root in the denominator.
  public var epsilon = 1e-10

  package static let stateNames = ["square_sum"]
  package static let settings: [DeclaredSetting<AdaGrad>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// Creates a rule with the default settings.
  public init() {}

  package var kind: OptimizerKind { .adagrad }
  package var optimizer: Optimizer { .adagrad(self) }

  package func update(number: Int, learningRate: Double) -> Update {
    Update(rate: Float(learningRate), decay: Float(weightDecay), epsilon: Float(epsilon))
  }

  /// The coefficients of one step.
  package struct Update: ParameterUpdate {
    let rate: Float
    let decay: Float
    let epsilon: Float

    package func apply(to slice: ParameterSlice) {
      kernel_adagrad(
        slice.parameters, slice.gradients, slice.state1, slice.count, slice.scale, rate,
        slice.decay(decay), epsilon)
    }
  }
}
