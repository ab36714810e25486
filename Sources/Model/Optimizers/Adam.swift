/// Steps by moving means of gradients and of their squares, both corrected for their start (Kingma and Ba
/// 2015).
///
/// With decoupled decay (AdamW: Loshchilov and Hutter 2019) the weights are shrunk by rate * decay instead of
/// adding the decay to the gradient.
public struct Adam: UpdateRule {
  /// The step's size.
  public var learningRate = 0.001
  /// Decay of weight matrices.
  public var weightDecay: Double
  /// How much of the old first moment stays.
  public var beta1 = 0.9
  /// How much of the old second moment stays.
  public var beta2 = 0.999
  /// Added to the root in the denominator.
  public var epsilon = 1e-8
  /// Whether the decay is kept out of the gradient.
  public let decouplesDecay: Bool

  package static let stateNames = ["first_moment", "second_moment"]
  package static let settings: [DeclaredSetting<Adam>] = [
    .init("learning-rate", .positive, \.learningRate),
    .init("weight-decay", .notNegative, \.weightDecay),
    .init("beta1", .belowOne, \.beta1), .init("beta2", .belowOne, \.beta2),
    .init("epsilon", .notNegative, \.epsilon),
  ]

  /// The default settings.
  ///
  /// - Parameter decouplesDecay: Whether the decay is kept out of the gradient; it is 0.01 then, else 0.
  public init(decouplesDecay: Bool = false) {
    self.decouplesDecay = decouplesDecay
    weightDecay = decouplesDecay ? 0.01 : 0
  }

  package func update(number: Int, learningRate: Double) -> OptimizerStep.Update {
    .adam(
      AdamCoefficients(
        number: number, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon),
      decay: decouplesDecay ? 0 : Float(weightDecay),
      shrink: decouplesDecay ? Float(1 - learningRate * weightDecay) : 1)
  }
}

/// What Adam's kernel needs of a step, in single precision.
package struct AdamCoefficients: Sendable {
  let beta1: Float
  let complement1: Float
  let beta2: Float
  let complement2: Float
  let correctedRate: Float
  let correctedRoot: Float
  let epsilon: Float

  init(number: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double) {
    self.beta1 = Float(beta1)
    complement1 = Float(1 - beta1)
    self.beta2 = Float(beta2)
    complement2 = Float(1 - beta2)
    correctedRate = Float(learningRate / (1 - power(beta1, number)))
    correctedRoot = Float(1 / (1 - power(beta2, number)).squareRoot())
    self.epsilon = Float(epsilon)
  }
}
