import Model
import Parallel

/// Adam's update of all parameters by itself, divided evenly among the workers.
final class OptimizerPass {
  private let team: WorkerTeam
  private let parameters: AlignedBuffer<Float>
  private let gradients: AlignedBuffer<Float>
  private let moments: [AlignedBuffer<Float>]
  private let seconds: AlignedBuffer<Double>
  private var steps = 0

  init(team: WorkerTeam, count: Int) {
    self.team = team
    parameters = AlignedBuffer(count: count)
    gradients = AlignedBuffer(count: count)
    moments = [AlignedBuffer(count: count), AlignedBuffer(count: count)]
    seconds = AlignedBuffer(count: team.count)
    // Gradients of 0 would let the moments fade into denormal numbers, which are slow.
    gradients.elements.update(repeating: 1)
  }

  /// Parameters and two moments, read and written, and gradients, read.
  var bytesPerStep: Int { 7 * MemoryLayout<Float>.stride * parameters.count }

  /// Seconds of all workers together.
  var secondsPerStep: Double { seconds.elements.reduce(0, +) / Double(steps) }

  /// Updates some times.
  func measure(steps: Int) {
    let (team, parameters, gradients, moments, seconds) =
      (team, parameters, gradients, moments, seconds)
    let update = Optimizer(.adam).step(number: 100, gradientScale: 1)
    team.run { worker in
      let share = slice(worker, of: team.count, count: parameters.count, alignment: 16)
      func pass() {
        update.apply(
          to: parameters.pointer + share.lowerBound,
          gradients: gradients.pointer + share.lowerBound,
          state1: moments[0].pointer + share.lowerBound,
          state2: moments[1].pointer + share.lowerBound, count: share.count, decays: false)
      }
      // Untimed: another's work has displaced the share from this worker's caches.
      pass()
      team.barrier.wait()
      let start = ContinuousClock.now
      for _ in 0..<steps { pass() }
      seconds.pointer[worker] += (ContinuousClock.now - start) / .seconds(1)
    }
    self.steps += steps
  }
}
