/// One step of an optimizer: coefficients in single precision, which apply to any range of
/// parameters.
package struct OptimizerStep: Sendable {
  private let scale: Float
  private let update: OptimizerUpdate

  /// Creates a step.
  ///
  /// - Parameters:
  ///   - scale: The factor for summed gradients: 1 / rows of the batch, or less for clipping.
  ///   - update: The rule's coefficients.
  init(scale: Float, update: OptimizerUpdate) {
    self.scale = scale
    self.update = update
  }

  /// Updates a range of parameters.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, (count).
  ///   - gradients: The gradients, summed over the rows of the batch, (count).
  ///   - state1: The first state, (count); rules without a state do not use it.
  ///   - state2: The second state, (count); rules with fewer states do not use it.
  ///   - count: The number of parameters.
  ///   - decays: Whether weight decay applies.
  @inline(__always)
  package func apply(
    to parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    state1: UnsafeMutablePointer<Float>, state2: UnsafeMutablePointer<Float>, count: Int,
    decays: Bool
  ) {
    update.apply(
      to: ParameterSlice(
        parameters: parameters, gradients: gradients, state1: state1, state2: state2,
        count: Int64(count), scale: scale, decays: decays))
  }
}

/// A range of parameters, with what an update reads and changes of it.
///
/// The memory of each pointer is (count), and overlaps with no other that the rule uses.
package struct ParameterSlice {
  /// The parameters.
  let parameters: UnsafeMutablePointer<Float>
  /// The gradients, summed over the rows of the batch.
  let gradients: UnsafePointer<Float>
  /// The first state of the rule's `stateNames`; not to be used by a rule without a state.
  let state1: UnsafeMutablePointer<Float>
  /// The second state; not to be used by a rule with fewer states.
  let state2: UnsafeMutablePointer<Float>
  /// The number of parameters.
  let count: Int64
  /// The factor that turns the summed gradients into the mean gradient, clipped if that is wanted.
  let scale: Float
  /// Whether weight decay applies.
  let decays: Bool

  /// A weight decay; 0 if none applies to these parameters.
  @inline(__always)
  func decay(_ decay: Float) -> Float { decays ? decay : 0 }
}
