import CKernels

/// Average pooling as a layer.
package typealias AveragePool = Pool<WindowMean>

/// The mean of each window: the sum in reading order, divided by the number of positions.
///
/// The formulas are those of PyTorch's AvgPool2d without padding.
package enum WindowMean: PoolFunction {
  package static let keyword = "avgpool"
  package static let backwardReads: BackwardReads = []

  package static func formula(of windows: PoolWindows) -> LayerFormula { .mean(windows) }

  package static func apply(
    _ windows: UnsafePointer<pool>, rows: Int, _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>
  ) {
    kernel_pool_mean(windows, Int64(rows), x, y)
  }

  /// `dx` is the sum of `dy / positions` over the windows that hold it, in reading order.
  package static func backward(
    _ windows: UnsafePointer<pool>, rows: Int, _ dy: UnsafePointer<Float>,
    x: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    kernel_pool_mean_backward(windows, Int64(rows), dy, dx)
  }
}
