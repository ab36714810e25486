import CKernels

/// The rectifier `y = max(x, 0)`; a NaN stays one.
package struct ReLU: Layer {
  /// The name for messages.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// The output, which is positive where the input is.
  package var backwardReads: BackwardReads { .output }

  /// Creates a rectifier.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  package init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
  }

  /// `y = max(x, 0)`.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_rectify(pass.input, pass.output, Int64(pass.rows * inputShape.count))
  }

  /// `dx = dy` where `y > 0`, else 0.
  package func backward(_ pass: LayerContext) {
    kernel_rectify_backward(
      pass.outputGradient, pass.output, Int64(pass.rows * inputShape.count))
  }
}
