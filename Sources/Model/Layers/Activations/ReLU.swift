import CKernels

/// The rectifier as a layer.
package typealias ReLU = Activation<Rectifier>

/// The rectifier `y = max(x, 0)`; a NaN stays one.
package enum Rectifier: ActivationFunction {
  package static let keyword = "relu"
  /// The output, which is positive where the input is.
  package static let backwardReads: BackwardReads = .output
  package static let formula: LayerFormula? = .relu

  package static func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    kernel_rectify(x, y, Int64(count))
  }

  /// `dx = dy` where `y > 0`, else 0.
  package static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int
  ) {
    kernel_rectify_backward(gradient, y, Int64(count))
  }
}
