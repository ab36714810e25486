import Model
import Parallel

/// Measures the rate of large matrix products on all workers of a team at once: the roofline of a
/// step.
///
/// Each worker repeatedly multiplies two 1024 x 1024 matrices into a matrix of its own, without
/// waiting for other workers. So the rate is what the machine can deliver at this moment.
package struct GEMMProbe: Sendable {
  /// The measured rate, in 10^9 floating-point operations per second.
  package struct Rate: Sendable, Equatable {
    /// The rate of all workers together.
    package var gigaflops: Double
    /// The rate of the fastest single product of a worker.
    package var bestOfOneWorker: Double
  }

  /// The number of rows and columns of the matrices.
  package static let side = 1024

  /// The measurements of one worker.
  private struct Lane: BitwiseCopyable {
    var products = 0
    var seconds = 0.0
    var best = Double.infinity
  }

  private let team: WorkerTeam
  // All workers read the same operands, so each adds only 4 MiB, also on machines with many cores.
  private let left: AlignedBuffer<Float>
  private let right: AlignedBuffer<Float>
  private let lanes: AlignedBuffer<Lane>

  /// Prepares the operands.
  ///
  /// They are small whole numbers, since zeros would need less power.
  ///
  /// - Parameter team: The workers.
  package init(team: WorkerTeam) {
    self.team = team
    left = AlignedBuffer(count: Self.side * Self.side)
    right = AlignedBuffer(count: Self.side * Self.side)
    lanes = AlignedBuffer(count: team.count)
    for index in 0..<Self.side * Self.side {
      left.pointer[index] = Float(index % 17) - 8
      right.pointer[index] = Float(index % 13) - 6
    }
  }

  /// Multiplies matrices for some time.
  ///
  /// - Parameter seconds: The duration, above 0; each worker finishes its current product.
  /// - Returns: The rate.
  package func measure(seconds: Double = 0.1) -> Rate {
    let (team, left, right, lanes) = (team, left, right, lanes)
    team.run { worker in
      let product = AlignedBuffer<Float>(count: Self.side * Self.side)
      // Untimed: OpenBLAS gets its buffers, and the memory is touched.
      Self.multiply(left, right, into: product)
      team.barrier.wait()
      var lane = Lane()
      while lane.seconds < seconds {
        let start = ContinuousClock.now
        Self.multiply(left, right, into: product)
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        lane.seconds += elapsed
        lane.best = min(lane.best, elapsed)
        lane.products += 1
      }
      lanes.pointer[worker] = lane
    }
    let operations = 2 * Double(Self.side * Self.side * Self.side)
    let rate = lanes.elements.reduce(0) { $0 + Double($1.products) / $1.seconds }
    let best = lanes.elements.reduce(.infinity) { min($0, $1.best) }
    return Rate(gigaflops: operations * rate / 1e9, bestOfOneWorker: operations / best / 1e9)
  }

  private static func multiply(
    _ a: AlignedBuffer<Float>, _ b: AlignedBuffer<Float>, into c: AlignedBuffer<Float>
  ) {
    BLAS.multiply(
      m: side, n: side, k: side, a.pointer, strideA: side, b.pointer, strideB: side,
      into: c.pointer, strideC: side)
  }
}
