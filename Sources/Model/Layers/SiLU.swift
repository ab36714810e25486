import CKernels

/// The sigmoid linear unit `y = x / (1 + e^-x)`.
///
/// Source: Elfwing, Uchibe and Doya 2018.
package struct SiLU: Layer {
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

  /// `y = x s(x)` with `s(x) = 1 / (1 + e^-x)`.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    kernel_silu(pass.input, pass.output, Int64(pass.rows * inputShape.count))
  }

  /// `dx = dy s(x) (1 + x (1 - s(x)))`.
  package func backward(_ pass: LayerContext) {
    kernel_silu_backward(pass.outputGradient, pass.input, Int64(pass.rows * inputShape.count))
  }
}
