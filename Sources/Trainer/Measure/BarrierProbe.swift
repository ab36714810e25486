import Parallel

/// What a barrier costs that all workers reach at the same time.
public enum BarrierProbe {
  private static let batches = 21
  private static let trialBarriers = 64

  /// Times barriers in batches, so that an interruption spoils a batch and not the result.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: How long about, above 0.
  /// - Returns: Seconds of a barrier: the median of the batches.
  public static func seconds(team: WorkerTeam, seconds: Double = 0.1) -> Double {
    let trial = batch(of: trialBarriers, count: 1, team: team)[0]
    let count = Int(min(max(seconds / Double(batches) / max(trial, 1e-9), 16), 1e6))
    return Bootstrap.median(of: batch(of: count, count: batches, team: team))
  }

  /// Seconds of a barrier in each batch, by worker 0's clock.
  private static func batch(of barriers: Int, count: Int, team: WorkerTeam) -> [Double] {
    let times = AlignedBuffer<Double>(count: count)
    team.run { worker in
      for batch in 0..<count {
        // All workers are there when the clock starts.
        team.barrier.wait()
        let start = ContinuousClock.now
        for _ in 0..<barriers { team.barrier.wait() }
        if worker == 0 {
          times.pointer[batch] = (ContinuousClock.now - start) / .seconds(1) / Double(barriers)
        }
      }
    }
    return Array(times.elements)
  }
}
