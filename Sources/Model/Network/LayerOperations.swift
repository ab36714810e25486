/// The floating-point operations of a layer's products, per sample.
///
/// A multiplication and its addition count as two. Element-wise operations, such as an
/// activation's, are not counted.
package struct LayerOperations: Sendable, Equatable {
  /// The operations of the output.
  package var forward = 0
  /// The operations of the input's gradient.
  package var inputGradient = 0
  /// The operations of the parameters' gradients.
  package var parameterGradients = 0

  /// The operations of both gradients.
  package var backward: Int { inputGradient + parameterGradients }

  /// Creates counts.
  package init(forward: Int = 0, inputGradient: Int = 0, parameterGradients: Int = 0) {
    self.forward = forward
    self.inputGradient = inputGradient
    self.parameterGradients = parameterGradients
  }
}

extension Network {
  /// The floating-point operations of products that are executed per sample in training: of all
  /// layers, forward and backward.
  package var trainingFlopsPerSample: Int {
    layers.reduce(0) { $0 + $1.executedOperations.forward + $1.executedOperations.backward }
  }
}
