import CKernels

/// The leaky rectifier: `y = x` if `x > 0`, otherwise `y = 0.01 x`.
///
/// Source: Maas, Hannun and Ng 2013.
package struct LeakyReLU: Layer {
  /// The slope below zero.
  package static let slope: Float = 0.01

  /// The name for messages.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// The input.
  package var backwardReads: BackwardReads { .input }

  /// Creates an activation.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  package init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
  }

  /// `y = x` if `x > 0`, otherwise `y = 0.01 x`.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_leaky_rectify(
      pass.input, pass.output, Self.slope, Int64(pass.rows * inputShape.count))
  }

  /// `dx = dy` where `x > 0`, else `0.01 dy`.
  package func backward(_ pass: LayerContext) {
    kernel_leaky_rectify_backward(
      pass.outputGradient, pass.input, Self.slope, Int64(pass.rows * inputShape.count))
  }
}
