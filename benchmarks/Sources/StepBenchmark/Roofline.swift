import Foundation
import Model
import Parallel

/// The machine's own rate: a product of two 1024 x 1024 matrices on one thread.
enum Roofline {
  /// - Returns: The best of 50, in 10^9 floating-point operations a second.
  static func gigaflops() -> Double {
    let n = 1024
    let a = AlignedBuffer<Float>(count: n * n)
    let b = AlignedBuffer<Float>(count: n * n)
    let c = AlignedBuffer<Float>(count: n * n)
    for index in 0..<n * n {
      a.pointer[index] = Float(index % 17) - 8
      b.pointer[index] = Float(index % 13) - 6
    }
    var best = Double.infinity
    for _ in 0..<50 {
      let start = ContinuousClock.now
      BLAS.multiply(
        m: n, n: n, k: n, a.pointer, strideA: n, b.pointer, strideB: n, into: c.pointer, strideC: n)
      best = min(best, (ContinuousClock.now - start) / .seconds(1))
    }
    return 2 * Double(n * n * n) / best / 1e9
  }
}
