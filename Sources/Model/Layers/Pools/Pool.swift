import CKernels

/// A layer that computes one value of each window of an image, for each channel.
package struct Pool<Function: PoolFunction>: Layer {
  /// The name for messages.
  package let name: String
  /// The image and the windows over it.
  package let windows: PoolWindows
  /// One sample's image.
  package var inputShape: Shape { windows.image }
  /// One sample's windows.
  package var outputShape: Shape { windows.outputShape }
  /// The function of each window.
  package var formulas: [LayerFormula]? { [Function.formula(of: windows)] }
  /// The gradients have different shapes.
  package var isBackwardInPlace: Bool { false }
  /// The matrices that the function's gradient is computed from.
  package var backwardReads: BackwardReads { Function.backwardReads }

  /// Creates a pool.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - windows: The image and the windows over it.
  package init(name: String, windows: PoolWindows) {
    self.name = name
    self.windows = windows
  }

  /// The function of each window.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    withUnsafePointer(to: windows.kernelArgument) {
      Function.apply($0, rows: pass.rows, pass.input, pass.output)
    }
  }

  /// The gradient of the image.
  package func backward(_ pass: LayerContext) {
    guard let inputGradient = pass.inputGradient else { return }
    withUnsafePointer(to: windows.kernelArgument) {
      Function.backward(
        $0, rows: pass.rows, pass.outputGradient, x: pass.input, inputGradient)
    }
  }
}
