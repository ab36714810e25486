import CKernels

/// One step of an optimizer: coefficients in single precision, which apply to any range of
/// parameters.
package struct OptimizerStep: Sendable {
  /// The kernel of a rule, with its coefficients.
  ///
  /// `rate` is the learning rate; `decay` is the weight decay added to the gradient.
  package enum Update: Sendable {
    case sgd(rate: Float, decay: Float)
    case momentum(rate: Float, decay: Float, momentum: Float)
    case nesterov(rate: Float, decay: Float, momentum: Float)
    case adagrad(rate: Float, decay: Float, epsilon: Float)
    /// `complement` is 1 - `decayRate`, computed in double precision.
    case rmsprop(rate: Float, decay: Float, decayRate: Float, complement: Float, epsilon: Float)
    /// Weight matrices are first multiplied by `shrink`.
    case adam(AdamCoefficients, decay: Float, shrink: Float)
  }

  private let scale: Float
  private let update: Update

  /// Creates a step.
  ///
  /// - Parameters:
  ///   - scale: The factor for summed gradients: 1 / rows of the batch, or less for clipping.
  ///   - update: The kernel and its coefficients.
  init(scale: Float, update: Update) {
    self.scale = scale
    self.update = update
  }

  /// Updates a range of parameters.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, (count).
  ///   - gradients: The gradients, summed over the rows of the batch, (count).
  ///   - state1: The first state, (count): velocity, squares or first moment. SGD does not use it.
  ///   - state2: The second state, (count): Adam's second moment. Other rules do not use it.
  ///   - count: The number of parameters.
  ///   - decays: Whether weight decay applies.
  @inline(__always)
  package func apply(
    to parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    state1: UnsafeMutablePointer<Float>, state2: UnsafeMutablePointer<Float>, count: Int,
    decays: Bool
  ) {
    let n = Int64(count)
    switch update {
    case .sgd(let rate, let decay):
      kernel_sgd(parameters, gradients, n, scale, rate, decays ? decay : 0)
    case .momentum(let rate, let decay, let momentum):
      kernel_momentum(
        parameters, gradients, state1, n, scale, rate, decays ? decay : 0, momentum)
    case .nesterov(let rate, let decay, let momentum):
      kernel_nesterov(
        parameters, gradients, state1, n, scale, rate, decays ? decay : 0, momentum)
    case .adagrad(let rate, let decay, let epsilon):
      kernel_adagrad(parameters, gradients, state1, n, scale, rate, decays ? decay : 0, epsilon)
    case .rmsprop(let rate, let decay, let decayRate, let complement, let epsilon):
      kernel_rmsprop(
        parameters, gradients, state1, n, scale, rate, decays ? decay : 0, decayRate, complement,
        epsilon)
    case .adam(let adam, let decay, let shrink):
      kernel_adam(
        parameters, gradients, state1, state2, n, scale, decays ? decay : 0, decays ? shrink : 1,
        adam.beta1, adam.complement1, adam.beta2, adam.complement2, adam.correctedRate,
        adam.correctedRoot, adam.epsilon)
    }
  }
}
