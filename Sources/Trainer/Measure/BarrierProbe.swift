import Parallel

/// What a barrier costs that all workers reach at the same time.
public enum BarrierProbe {
  private static let barriersOfBatch = 100
  private static let fewestBatches = 5
  private static let mostBatches = 1_000

  /// Times barriers in batches, so that an interruption spoils a batch and not the result.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: How long about, above 0.
  /// - Returns: Seconds of a barrier, by worker 0's clock: the median of the batches.
  public static func seconds(team: WorkerTeam, seconds: Double = 0.1) -> Double {
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
    return Bootstrap.median(of: Array(times.elements.prefix(planned.pointer.pointee)))
  }
}
