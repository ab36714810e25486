/// A function that an ``Activation`` applies to each value by itself.
package protocol ActivationFunction: Sendable {
  /// The word in a description, such as `relu`.
  static var keyword: String { get }
  /// The matrices that the gradient is computed from, besides the output's gradient.
  static var backwardReads: BackwardReads { get }
  /// The function as a formula; nil if none describes it, so that networks with it cannot be exported.
  static var formula: LayerFormula? { get }

  /// Computes outputs.
  ///
  /// - Parameters:
  ///   - x: The inputs (count).
  ///   - y: The outputs (count), overwritten.
  ///   - count: How many there are.
  static func apply(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int)
  /// Turns the outputs' gradients into those of the inputs.
  ///
  /// - Parameters:
  ///   - gradient: dy (count), replaced by dx.
  ///   - x: The inputs (count), valid if ``backwardReads`` has them.
  ///   - y: The outputs (count), valid if ``backwardReads`` has them.
  ///   - count: How many there are.
  static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int)
}

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
