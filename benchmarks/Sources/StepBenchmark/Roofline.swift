import Foundation
import Model
import Parallel

/// The machine's own rate: products of two 1024 x 1024 matrices.
enum Roofline {
  /// What the workers of a team reach together on products of their own, without ever waiting: what
  /// the machine has left for them at this moment.
  ///
  /// - Parameter team: The workers.
  /// - Returns: 10^9 floating-point operations a second, of all together.
  static func gigaflops(team: WorkerTeam) -> Double {
    let n = 1024
    let products = 20
    let matrices = (0..<3 * team.count).map { _ in AlignedBuffer<Float>(count: n * n) }
    let start = ContinuousClock.now
    team.run { worker in
      for _ in 0..<products {
        BLAS.multiply(
          m: n, n: n, k: n, matrices[3 * worker].pointer, strideA: n,
          matrices[3 * worker + 1].pointer, strideB: n,
          into: matrices[3 * worker + 2].pointer, strideC: n)
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return 2 * Double(n * n * n * products * team.count) / seconds / 1e9
  }

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
