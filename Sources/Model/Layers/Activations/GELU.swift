import CKernels

/// The Gaussian error linear unit as a layer.
package typealias GELU = Activation<GaussianErrorLinear>

/// The Gaussian error linear unit `y = x P(x)`, with `P(x) = (1 + erf(x / sqrt 2)) / 2`.
///
/// P is within 1.1e-7 of the exact one, with the same bits on every CPU. Source: Hendrycks and
/// Gimpel 2016.
package enum GaussianErrorLinear: ActivationFunction {
  package static let keyword = "gelu"
  package static let backwardReads: BackwardReads = .input
  package static let formula: LayerFormula? = .gelu

  package static func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    kernel_gelu(x, y, Int64(count))
  }

  /// `dx = dy (P(x) + x p(x))` with the density `p(x) = exp(-x^2 / 2) / sqrt(2 pi)`.
  package static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int
  ) {
    kernel_gelu_backward(gradient, x, Int64(count))
  }
}
