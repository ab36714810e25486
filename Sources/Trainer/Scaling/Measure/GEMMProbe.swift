import Model
import Parallel

/// The rate of large matrix products on all workers of a team at once: the roofline of a step.
///
/// Each worker multiplies two 1024 x 1024 matrices into one of its own, again and again, without ever
/// waiting for another: what the machine has left for them at this moment.
package struct GEMMProbe: Sendable {
  /// What a probe found, in 10^9 floating-point operations a second.
  package struct Rate: Sendable, Equatable {
    /// All workers together.
    package var gigaflops: Double
    /// The fastest single product of a worker.
    package var bestOfOneWorker: Double
  }

  /// Rows and columns of the matrices.
  package static let side = 1024

  /// One worker's figures.
  private struct Lane: BitwiseCopyable {
    var products = 0
    var seconds = 0.0
    var best = Double.infinity
  }

  private let team: WorkerTeam
  // All workers read the same operands: 4 MiB a worker are enough on machines with many cores.
  private let left: AlignedBuffer<Float>
  private let right: AlignedBuffer<Float>
  private let lanes: AlignedBuffer<Lane>

  /// Prepares the operands: small whole numbers, since zeros can be multiplied in less power.
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

  /// Multiplies for some time.
  ///
  /// - Parameter seconds: How long, above 0; each worker ends the product that it is at.
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
