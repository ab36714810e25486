import CKernels

/// The rectifier `y = max(x, 0)`; a NaN stays one.
public struct ReLU: Layer {
  /// The name for messages.
  public let name: String
  /// One sample's input.
  public let inputShape: Shape
  /// One sample's output.
  public var outputShape: Shape { inputShape }
  /// The gradient is changed in place.
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

  /// `y = max(x, 0)`.
  public func forward(_ pass: ShardPass) {
    kernel_rectify(pass.input, pass.output, Int64(pass.rows * inputShape.count))
  }

  /// The same as in training.
  public func evaluate(_ pass: ShardPass) {
    forward(pass)
  }

  /// `dx = dy` where `y > 0`, else 0.
  public func backward(_ pass: ShardPass) {
    kernel_rectify_backward(
      pass.outputGradient, pass.output, Int64(pass.rows * inputShape.count))
  }
}
