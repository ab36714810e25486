/// A layer that applies a function to each value by itself.
package struct Activation<Function: ActivationFunction>: Layer {
  /// The name for messages.
  package let name: String
  /// One sample's input.
  package let inputShape: Shape
  /// One sample's output.
  package var outputShape: Shape { inputShape }
  /// The gradient is changed in place.
  package var isBackwardInPlace: Bool { true }
  /// The function.
  package var formulas: [LayerFormula]? { Function.formula.map { [$0] } }
  /// The matrices that the function's gradient is computed from.
  package var backwardReads: BackwardReads { Function.backwardReads }

  /// Creates an activation.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  package init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
  }

  /// Applies the function.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    Function.apply(pass.input, pass.output, count: pass.rows * inputShape.count)
  }

  /// The gradient of the function.
  package func backward(_ pass: LayerContext) {
    Function.backward(
      pass.outputGradient, x: pass.input, y: pass.output, count: pass.rows * inputShape.count)
  }
}
