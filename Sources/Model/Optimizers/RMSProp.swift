import CKernels

/// RMSProp (Tieleman and Hinton 2012): gradients are divided by the root of a moving average of
/// their squares.
public struct RMSProp: UpdateRule {
  /// The learning rate.
  public var learningRate = 0.001
  /// The weight decay of weight matrices, added to the gradient.
  public var weightDecay = 0.0
  /// The decay rate of the moving average: the share of the old value that is kept in each step.
  public var decayRate = 0.99
  /// The number added to the root in the denominator.
  public var epsilon = 1e-8

  package static let stateNames = ["mean_square"]
  package static let settings: [DeclaredSetting<RMSProp>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("decay-rate", .belowOne, \.decayRate),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// Creates a rule with the default settings.
  public init() {}

  package var kind: OptimizerKind { .rmsprop }
  package var optimizer: Optimizer { .rmsprop(self) }

  package func update(number: Int, learningRate: Double) -> Update {
    Update(
      rate: Float(learningRate), decay: Float(weightDecay), decayRate: Float(decayRate),
      complement: Float(1 - decayRate), epsilon: Float(epsilon))
  }

  /// The coefficients of one step.
  package struct Update: ParameterUpdate {
    let rate: Float
    let decay: Float
    let decayRate: Float
    /// 1 - `decayRate`, computed in double precision.
    let complement: Float
    let epsilon: Float

    package func apply(to slice: ParameterSlice) {
      kernel_rmsprop(
        slice.parameters, slice.gradients, slice.state1, slice.count, slice.scale, rate,
        slice.decay(decay), decayRate, complement, epsilon)
    }
  }
}
