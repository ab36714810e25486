@testable import Model

extension Twin {
  /// A function of each window's values in reading order, for each channel.
  static func pool(
    _ x: Matrix, _ windows: PoolWindows, _ value: ([Double]) -> Double
  ) -> Matrix {
    let (columns, channels) = (windows.image.extents[1], windows.image.extents[2])
    let output = windows.outputShape.extents
    return x.map { image in
      (0..<windows.outputShape.count).map { index in
        let channel = index % channels
        let left = index / channels % output[1] * windows.stride
        let top = index / channels / output[1] * windows.stride
        return value(
          (top..<top + windows.rows).flatMap { row in
            (left..<left + windows.columns).map { image[(row * columns + $0) * channels + channel] }
          })
      }
    }
  }

  /// The greatest value of each window.
  static func maxPool(_ x: Matrix, _ windows: PoolWindows) -> Matrix {
    pool(x, windows) { $0.reduce(-.infinity, max) }
  }

  /// The mean of each window.
  static func averagePool(_ x: Matrix, _ windows: PoolWindows) -> Matrix {
    pool(x, windows) { $0.reduce(0, +) / Double($0.count) }
  }
}
