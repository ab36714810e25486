import Parallel

/// What a barrier costs that all workers reach at the same time.
package enum BarrierProbe {
  /// Few, so that a batch ends before most interruptions come; enough that the clock costs little.
  private static let barriersOfBatch = 25
  private static let fewestBatches = 5
  private static let mostBatches = 2_000

  /// Times barriers in batches, so that an interruption spoils a batch and not the result.
  ///
  /// An interruption only makes a barrier longer, and on a busy machine it may spoil most batches: so
  /// the result is a low quantile, not the median.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: How long about, above 0.
  /// - Returns: Seconds of a barrier, by worker 0's clock: the lowest tenth of the batches lies below.
  package static func seconds(team: WorkerTeam, seconds: Double = 0.03) -> Double {
    let times = AlignedBuffer<Double>(count: mostBatches)
    /// How many batches there will be as far as is known: what all workers go by.
    let planned = AlignedBuffer<Int>(count: 1)
    planned.pointer.pointee = fewestBatches
    team.run { worker in
      var batch = 0
      var elapsed = 0.0
      // All workers are there when the clock starts, and have seen what worker 0 planned.
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
