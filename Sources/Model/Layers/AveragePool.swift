import CKernels

/// The mean of each window, for each channel.
///
/// The formulas are those of PyTorch's AvgPool2d without padding.
package struct AveragePool: Layer {
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
  /// Nothing.
  package var backwardReads: BackwardReads { [] }

  /// Creates a pool.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - windows: The image and the windows over it.
  package init(name: String, windows: PoolWindows) {
    self.name = name
    self.windows = windows
  }

  /// `y` is the sum of each window in reading order, divided by its number of positions.
  package func forward(_ pass: LayerContext) {
    evaluate(pass.asEvaluation)
  }

  /// The same as in training.
  package func evaluate(_ pass: EvaluationContext) {
    withUnsafePointer(to: windows.kernelArgument) {
      kernel_pool_mean($0, Int64(pass.rows), pass.input, pass.output)
    }
  }

  /// `dx` is the sum of `dy / positions` over the windows that hold it, in reading order.
  package func backward(_ pass: LayerContext) {
    guard let inputGradient = pass.inputGradient else { return }
    withUnsafePointer(to: windows.kernelArgument) {
      kernel_pool_mean_backward($0, Int64(pass.rows), pass.outputGradient, inputGradient)
    }
  }
}
