import CKernels

/// The sigmoid linear unit as a layer.
package typealias SiLU = Activation<SigmoidLinear>

/// The sigmoid linear unit `y = x s(x)`, with `s(x) = 1 / (1 + e^-x)`.
///
/// Source: Elfwing, Uchibe and Doya 2018.
package enum SigmoidLinear: ActivationFunction {
  package static let keyword = "silu"
  package static let backwardReads: BackwardReads = .input
  package static let formula: LayerFormula? = .silu

  package static func apply(
    _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int
  ) {
    kernel_silu(x, y, Int64(count))
  }

  /// `dx = dy s(x) (1 + x (1 - s(x)))`.
  package static func backward(
    _ gradient: UnsafeMutablePointer<Float>, x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    count: Int
  ) {
    kernel_silu_backward(gradient, x, Int64(count))
  }
}
