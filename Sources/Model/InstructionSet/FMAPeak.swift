import CKernels
import Parallel

/// The peak rate of fused multiply-adds of floats, in 10^9 floating-point operations per second.
///
/// It is that of loops whose operands are all in registers, in as many chains as the products of
/// this program have, with the instruction set in use. No product can be faster. Where the set has
/// no instruction for it, it is the rate of the substitute. A multiply-add counts as two
/// operations.
package struct FMAPeak: Sendable, Equatable {
  /// The rate of all workers together.
  package let gigaflops: Double
  /// The rate of the fastest single loop of a worker.
  package let bestOfOneWorker: Double

  /// Measures the calling thread.
  ///
  /// - Parameter seconds: The duration, above 0.
  /// - Returns: The rates of one worker.
  package static func measure(seconds: Double = 0.05) -> FMAPeak {
    var loop = Loop()
    return FMAPeak([loop.run(seconds: seconds)])
  }

  /// Measures all workers of a team at the same time.
  ///
  /// No worker waits for others during its loops. So the rate is what the machine can deliver at
  /// this moment.
  ///
  /// - Parameters:
  ///   - team: The workers, which must be idle.
  ///   - seconds: The duration, above 0; each worker finishes its current loop.
  /// - Returns: The rates.
  package static func measure(team: WorkerTeam, seconds: Double = 0.1) -> FMAPeak {
    let lanes = AlignedBuffer<Lane>(count: team.count)
    team.run { worker in
      var loop = Loop()
      team.barrier.wait()
      lanes.pointer[worker] = loop.run(seconds: seconds)
    }
    return FMAPeak(Array(lanes.elements))
  }

  private init(_ lanes: [Lane]) {
    gigaflops = lanes.reduce(0) { $0 + $1.operations / $1.seconds } / 1e9
    bestOfOneWorker = lanes.reduce(0) { max($0, $1.best) } / 1e9
  }

  /// The measurements of one worker.
  private struct Lane: BitwiseCopyable {
    var operations = 0.0
    var seconds = 0.0
    /// Operations per second.
    var best = 0.0
  }

  /// A loop of multiply-adds, and its length.
  private struct Loop {
    /// Long enough that reading the clock costs little; short enough that most loops are
    /// undisturbed.
    private static let leastSeconds = 1e-3
    private static let fewestRounds = 1_000

    // The values stay what they are: 1 = 1 * 0.5 + 0.5.
    private var values = [Float](repeating: 1, count: Int(MULTIPLY_ADD_BLOCK))
    private var rounds = Loop.fewestRounds

    /// Finds the number of rounds; meanwhile the clock of the CPU settles.
    init() {
      // The faster one of two: a disturbance makes a short loop look long.
      while min(time(), time()) < Self.leastSeconds { rounds *= 2 }
    }

    private mutating func time() -> Double {
      let start = ContinuousClock.now
      kernel_multiply_add(&values, 0.5, 0.5, Int64(rounds), Int64(values.count))
      return (ContinuousClock.now - start) / .seconds(1)
    }

    mutating func run(seconds: Double) -> Lane {
      let operations = 2 * Double(rounds) * Double(values.count)
      var lane = Lane()
      while lane.seconds < seconds {
        let elapsed = time()
        lane.operations += operations
        lane.seconds += elapsed
        lane.best = max(lane.best, operations / elapsed)
      }
      return lane
    }
  }
}
