import Parallel

/// Measures the time of a barrier that all workers reach at the same time.
package enum BarrierProbe {
  /// Few, so that a batch ends before most interruptions; enough that reading the clock costs
  /// little.
  private static let barriersOfBatch = 25
  private static let fewestBatches = 5
  private static let mostBatches = 2_000

  /// Times barriers in batches, so that an interruption affects one batch and not the result.
  ///
  /// An interruption only makes a barrier longer, and on a busy machine most batches may be
  /// interrupted. So the result is a low quantile, not the median.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: The approximate duration, above 0.
  /// - Returns: Seconds per barrier, by worker 0's clock: the lowest decile of the batches.
  package static func seconds(team: WorkerTeam, seconds: Double = 0.03) -> Double {
    let times = AlignedBuffer<Double>(count: mostBatches)
    /// The planned number of batches, which all workers use.
    let planned = AlignedBuffer<Int>(count: 1)
    planned.pointer.pointee = fewestBatches
    team.run { worker in
      var batch = 0
      var elapsed = 0.0
      // All workers have arrived when the clock starts, and have seen worker 0's plan.
      team.barrier.wait()
      while batch < planned.pointer.pointee {
        let start = ContinuousClock.now
        for _ in 0..<barriersOfBatch { team.barrier.wait() }
        let time = (ContinuousClock.now - start) / .seconds(1)
        elapsed += time
        if worker == 0 {
          times.pointer[batch] = time / Double(barriersOfBatch)
          if batch + 1 >= fewestBatches, batch + 1 < mostBatches, elapsed < seconds {
            planned.pointer.pointee = batch + 2
          }
        }
        batch += 1
        team.barrier.wait()
      }
    }
    return Bootstrap.lowDecile(of: Array(times.elements.prefix(planned.pointer.pointee)))
  }
}
