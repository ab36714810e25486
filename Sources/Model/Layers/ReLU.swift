import CKernels

/// The rectifier `y = max(x, 0)`; a NaN stays one.
public struct ReLU: Layer {
  public let name: String
  public let inputShape: Shape
  public var outputShape: Shape { inputShape }
  public var isBackwardInPlace: Bool { true }

  /// Creates a rectifier.
  ///
  /// - Parameters:
  ///   - name: The name for messages.
  ///   - shape: One sample's input and output.
  public init(name: String, shape: Shape) {
    self.name = name
    inputShape = shape
  }

  public func forward(_ pass: ShardPass) {
    kernel_rectify(pass.input, pass.output, Int64(pass.rows * inputShape.count))
  }

  public func evaluate(_ pass: ShardPass) {
    forward(pass)
  }

  public func backward(_ pass: ShardPass) {
    kernel_rectify_backward(
      pass.outputGradient, pass.output, Int64(pass.rows * inputShape.count))
  }
}
