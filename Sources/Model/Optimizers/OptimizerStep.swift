import CKernels

/// One step of an optimizer: coefficients in single precision, applied to any run of parameters.
package struct OptimizerStep: Sendable {
  private let kind: OptimizerKind
  private let scale: Float
  private let rate: Float
  private let weightDecay: Float
  private let momentum: Float
  private let decayRate: Float
  private let decayComplement: Float
  private let beta1: Float
  private let complement1: Float
  private let beta2: Float
  private let complement2: Float
  private let correctedRate: Float
  private let correctedRoot: Float
  private let epsilon: Float
  private let shrink: Float

  init(_ optimizer: Optimizer, number: Int, gradientScale: Float, learningRate: Double) {
    kind = optimizer.kind
    scale = gradientScale
    rate = Float(learningRate)
    weightDecay = Float(optimizer.weightDecay)
    momentum = Float(optimizer.momentum)
    decayRate = Float(optimizer.decayRate)
    decayComplement = Float(1 - optimizer.decayRate)
    beta1 = Float(optimizer.beta1)
    complement1 = Float(1 - optimizer.beta1)
    beta2 = Float(optimizer.beta2)
    complement2 = Float(1 - optimizer.beta2)
    correctedRate = Float(learningRate / (1 - power(optimizer.beta1, number)))
    correctedRoot = Float(1 / (1 - power(optimizer.beta2, number)).squareRoot())
    epsilon = Float(optimizer.epsilon)
    shrink = Float(1 - learningRate * optimizer.weightDecay)
  }

  /// Updates a run of parameters.
  ///
  /// - Parameters:
  ///   - parameters: The run (count).
  ///   - gradients: Its summed gradients (count).
  ///   - state1: Its first state (count): velocity, squares or first moment; unused by SGD.
  ///   - state2: Its second state (count): Adam's second moment; else unused.
  ///   - count: How many parameters.
  ///   - decays: Whether weight decay applies.
  @inline(__always)
  package func apply(
    to parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    state1: UnsafeMutablePointer<Float>, state2: UnsafeMutablePointer<Float>, count: Int,
    decays: Bool
  ) {
    let n = Int64(count)
    let decay = decays ? weightDecay : 0
    switch kind {
    case .sgd:
      kernel_sgd(parameters, gradients, n, scale, rate, decay)
    case .momentum:
      kernel_momentum(parameters, gradients, state1, n, scale, rate, decay, momentum)
    case .nesterov:
      kernel_nesterov(parameters, gradients, state1, n, scale, rate, decay, momentum)
    case .adagrad:
      kernel_adagrad(parameters, gradients, state1, n, scale, rate, decay, epsilon)
    case .rmsprop:
      kernel_rmsprop(
        parameters, gradients, state1, n, scale, rate, decay, decayRate, decayComplement, epsilon)
    case .adam:
      kernel_adam(
        parameters, gradients, state1, state2, n, scale, decay, 1, beta1, complement1, beta2,
        complement2, correctedRate, correctedRoot, epsilon)
    case .adamw:
      kernel_adam(
        parameters, gradients, state1, state2, n, scale, 0, decays ? shrink : 1, beta1,
        complement1, beta2, complement2, correctedRate, correctedRoot, epsilon)
    }
  }
}
