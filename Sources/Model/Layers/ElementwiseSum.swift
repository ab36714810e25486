import CKernels

/// The sum of two inputs of equal shape, such as a residual block's output and input.
package struct ElementwiseSum: Layer {
  /// The name for messages.
  package let name: String
  /// The shape of one sample of each input.
  package let inputShape: Shape
  /// The shape of one sample's output.
  package var outputShape: Shape { inputShape }
  /// `y = x1 + x2`.
  package var formulas: [LayerFormula]? { [.sum] }
  /// The gradient of the first input is the output's.
  package var isBackwardInPlace: Bool { true }
  /// Nothing.
  package var backwardReads: BackwardReads { [] }

  /// Creates a sum.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: The shape of one sample of each input and of the output.
  package init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
  }

  /// `y = x1 + x2`.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    guard let second = pass.secondInput else { preconditionFailure("\(name) has two inputs") }
    kernel_sum(pass.input, second, Int64(pass.rows * inputShape.count), pass.output)
  }

  /// `dx1 = dx2 = dy`; the first in place.
  package func backward(_ pass: LayerContext) {
    pass.secondInputGradient?.update(
      from: pass.outputGradient, count: pass.rows * inputShape.count)
  }
}
