import CKernels

/// Max pooling as a layer.
package typealias MaxPool = Pool<WindowMaximum>

/// The maximum of each window; a NaN counts as the maximum.
///
/// The formulas are those of PyTorch's MaxPool2d without padding.
package enum WindowMaximum: PoolFunction {
  package static let keyword = "pool"
  // The maxima are found again: that costs less than to store their places and read them back.
  package static let backwardReads: BackwardReads = .input

  package static func formula(of windows: PoolWindows) -> LayerFormula { .maximum(windows) }

  package static func apply(
    _ windows: UnsafePointer<pool>, rows: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    kernel_pool_maximum(windows, Int64(rows), x, y)
  }

  /// `dx` is the sum of `dy` over the windows whose maximum it is, in reading order.
  ///
  /// If a window has its maximum several times, the first one in reading order has the gradient.
  package static func backward(
    _ windows: UnsafePointer<pool>, rows: Int, _ dy: UnsafePointer<Float>,
    x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    kernel_pool_maximum_backward(windows, Int64(rows), dy, x, dx)
  }
}
