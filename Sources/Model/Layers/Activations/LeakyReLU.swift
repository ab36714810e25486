import CKernels

/// The leaky rectifier as a layer.
package typealias LeakyReLU = Activation<LeakyRectifier>

/// The leaky rectifier: `y = x` if `x > 0`, otherwise `y = 0.01 x`.
///
/// Source: Maas, Hannun and Ng 2013.
package enum LeakyRectifier: ActivationFunction {
  package static let keyword = "leaky"
  package static let backwardReads: BackwardReads = .input
  /// The slope below zero.
  package static let slope: Float = 0.01
  package static let formula: LayerFormula? = .leakyReLU(slope: slope)

  package static func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    kernel_leaky_rectify(x, y, slope, Int64(count))
  }

  /// `dx = dy` where `x > 0`, else `0.01 dy`.
  package static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int
  ) {
    kernel_leaky_rectify_backward(gradient, x, slope, Int64(count))
  }
}
