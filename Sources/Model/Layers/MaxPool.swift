import CKernels

/// The greatest value of each window, for each channel; a NaN counts as the greatest.
///
/// The formulas are those of PyTorch's MaxPool2d without padding.
package struct MaxPool: Layer {
  /// The name for messages.
  package let name: String
  /// The image and the windows over it.
  package let windows: PoolWindows
  /// One sample's image.
  package var inputShape: Shape { windows.image }
  /// One sample's windows.
  package var outputShape: Shape { windows.outputShape }
  /// The gradients have different shapes.
  package var isBackwardInPlace: Bool { false }
  /// The input.
  package var backwardReads: BackwardReads { .input }

  /// Creates a pool.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - windows: The image and the windows over it.
  package init(name: String, windows: PoolWindows) {
    self.name = name
    self.windows = windows
  }

  /// `y = max(x)` of each window.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    withUnsafePointer(to: windows.kernelArgument) {
      kernel_pool_maximum($0, Int64(pass.rows), pass.input, pass.output)
    }
  }

  /// `dx` is the sum of `dy` over the windows whose greatest value it is, in reading order.
  ///
  /// Of equal greatest values, the first in reading order has the gradient. The places are found again in
  /// the input: that costs less than to store them and read them back.
  package func backward(_ pass: LayerContext) {
    guard let inputGradient = pass.inputGradient else { return }
    withUnsafePointer(to: windows.kernelArgument) {
      kernel_pool_maximum_backward(
        $0, Int64(pass.rows), pass.outputGradient, pass.input, inputGradient)
    }
  }
}
