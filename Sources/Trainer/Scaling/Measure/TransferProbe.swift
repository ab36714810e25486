import Parallel

/// What it costs that workers share what they write: a line of memory that one has written goes to
/// another who reads it, and comes back for the next write.
package enum TransferProbe {
  /// What each worker writes: half of a usual second-level cache, and about half of the default
  /// network's weights.
  private static let bytes = 1 << 20
  /// Bytes of a line, as all x86-64 and nearly all ARM processors have them.
  static let lineSize = 64

  /// Lets all workers write memory of their own at the same time and then read their neighbour's, and in
  /// turn with that their own.
  ///
  /// - Parameters:
  ///   - team: The workers.
  ///   - seconds: How long about, above 0.
  /// - Returns: Seconds that a line takes longer where it is shared, on a worker that both reads and
  ///   writes it, at least 0: from low quantiles of the rounds, which disturbances make longer, by
  ///   worker 0's clock; nil for one worker, who shares nothing.
  package static func lineSeconds(team: WorkerTeam, seconds: Double = 0.1) -> Double? {
    guard team.count > 1 else { return nil }
    let memory = [0, 1].map { _ in (0..<team.count).map { _ in Lines(bytes: bytes) } }
    // The first rounds find memory that nobody has touched.
    let trial = times(team: team, memory: memory, rounds: 4)
    let perRound = trial.reduce(0) { $0 + Bootstrap.median(of: $1) }
    let rounds = min(max(Int(seconds / max(perRound, 1e-9)), 8), 1_000)
    let least = times(team: team, memory: memory, rounds: rounds).map {
      Bootstrap.lowDecile(of: $0)
    }
    return max(0, least[0] - least[1]) / Double(bytes / lineSize)
  }

  /// A worker's memory, and what it has read, so that the reading is not optimised away.
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

  /// The seconds of rounds in which workers read their neighbour's memory, and of those with their own.
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
