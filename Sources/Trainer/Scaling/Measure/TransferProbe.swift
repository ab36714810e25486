import Parallel

/// Measures the cost of sharing written memory: a cache line that one worker has written moves to
/// the worker that reads it, and back for the next write.
package enum TransferProbe {
  /// The size of each worker's memory: half of a typical second-level cache, and about half of the
  /// default network's weights.
  private static let bytes = 1 << 20
  /// The size of a cache line in bytes on all x86-64 and nearly all ARM processors.
  static let lineSize = 64

  /// All workers write their own memory at the same time, and then read that of a neighbor.
  ///
  /// In alternation they read their own.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: The approximate duration, above 0.
  /// - Returns: The additional time in seconds per shared line, on a worker that both reads and
  ///   writes it, at least 0. It is the difference of low quantiles over rounds, since disturbances
  ///   make rounds longer, by worker 0's clock. Nil for one worker.
  package static func lineSeconds(team: WorkerTeam, seconds: Double = 0.1) -> Double? {
    guard team.count > 1 else { return nil }
    let memory = [0, 1].map { _ in (0..<team.count).map { _ in Lines(bytes: bytes) } }
    // The first rounds allocate the memory.
    let trial = times(team: team, memory: memory, rounds: 4)
    let perRound = trial.reduce(0) { $0 + Bootstrap.median(of: $1) }
    let rounds = min(max(Int(seconds / max(perRound, 1e-9)), 8), 1_000)
    let least = times(team: team, memory: memory, rounds: rounds).map {
      Bootstrap.lowDecile(of: $0)
    }
    return max(0, least[0] - least[1]) / Double(bytes / lineSize)
  }

  /// A worker's memory, and a sum of what it has read, so that reading is not optimized away.
  private struct Lines {
    let words: AlignedBuffer<UInt64>
    let sum = AlignedBuffer<UInt64>(count: 8)

    init(bytes: Int) {
      words = AlignedBuffer(count: bytes / MemoryLayout<UInt64>.stride)
    }

    func write() {
      let words = words.pointer
      for index in 0..<self.words.count { words[index] &+= 1 }
    }

    func read() {
      let words = words.pointer
      var sum: UInt64 = 0
      for index in 0..<self.words.count { sum &+= words[index] }
      self.sum.pointer[0] &+= sum
    }
  }

  /// The times in seconds of rounds in which workers read a neighbor's memory, and of rounds with
  /// their own.
  private static func times(team: WorkerTeam, memory: [[Lines]], rounds: Int) -> [[Double]] {
    let times = [0, 1].map { _ in AlignedBuffer<Double>(count: rounds) }
    team.run { worker in
      for round in 0..<rounds {
        for (kind, lines) in memory.enumerated() {
          let read = lines[kind == 0 ? (worker + 1) % team.count : worker]
          let start = ContinuousClock.now
          lines[worker].write()
          team.barrier.wait()
          read.read()
          team.barrier.wait()
          if worker == 0 {
            times[kind].pointer[round] = (ContinuousClock.now - start) / .seconds(1)
          }
        }
      }
    }
    return times.map { Array($0.elements) }
  }
}
