import CKernels

/// Adam (Kingma and Ba 2015): steps by bias-corrected moving averages of gradients and their
/// squares.
///
/// With decoupled weight decay it is AdamW (Loshchilov and Hutter 2019). The decay is then not
/// added to the gradient; instead, the weights are multiplied by 1 - rate * decay.
public struct Adam: UpdateRule {
  /// The learning rate.
  public var learningRate = 0.001
  /// The weight decay of weight matrices.
  public var weightDecay: Double
  /// The decay rate of the first moment: the share of the old value that is kept in each step.
  public var beta1 = 0.9
  /// The decay rate of the second moment: the share of the old value that is kept in each step.
  public var beta2 = 0.999
  /// The number added to the root in the denominator.
  public var epsilon = 1e-8
  /// Whether weight decay is decoupled from the gradient.
  public let decouplesDecay: Bool

  package static let stateNames = ["first_moment", "second_moment"]
  package static let settings: [DeclaredSetting<Adam>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("beta1", .belowOne, \.beta1), .init("beta2", .belowOne, \.beta2),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// Creates a rule with the default settings.
  ///
  /// - Parameter decouplesDecay: Whether weight decay is decoupled from the gradient. The default
  ///   decay is 0.01 if it is, and 0 otherwise.
  public init(decouplesDecay: Bool = false) {
    self.decouplesDecay = decouplesDecay
    weightDecay = decouplesDecay ? 0.01 : 0
  }

  package var kind: OptimizerKind { decouplesDecay ? .adamw : .adam }
  package var optimizer: Optimizer { .adam(self) }

  package func update(number: Int, learningRate: Double) -> Update {
    Update(
      beta1: Float(beta1), complement1: Float(1 - beta1), beta2: Float(beta2),
      complement2: Float(1 - beta2),
      correctedRate: Float(learningRate / (1 - power(beta1, number))),
      correctedRoot: Float(1 / (1 - power(beta2, number)).squareRoot()),
      epsilon: Float(epsilon), decay: decouplesDecay ? 0 : Float(weightDecay),
      shrink: decouplesDecay ? Float(1 - learningRate * weightDecay) : 1)
  }

  /// The coefficients of one step.
  package struct Update: ParameterUpdate {
    let beta1: Float
    let complement1: Float
    let beta2: Float
    let complement2: Float
    let correctedRate: Float
    let correctedRoot: Float
    let epsilon: Float
    /// The weight decay that is added to the gradient.
    let decay: Float
    /// The factor that weight matrices are first multiplied by.
    let shrink: Float

    package func apply(to slice: ParameterSlice) {
      kernel_adam(
        slice.parameters, slice.gradients, slice.state1, slice.state2, slice.count,
        adam_step(
          scale: slice.scale, decay: slice.decay(decay), shrink: slice.decays ? shrink : 1,
          beta1: beta1, complement1: complement1, beta2: beta2, complement2: complement2,
          rate1: correctedRate, root2: correctedRoot, epsilon: epsilon))
    }
  }
}
