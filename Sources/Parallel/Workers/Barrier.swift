import CParallel
import Synchronization

/// A barrier at which a fixed number of threads wait for each other, repeatedly.
///
/// Everything that a thread wrote before ``wait()`` is visible to all threads after it. A waiting
/// thread spins for a while and then sleeps. If there are more threads than cores, it yields
/// instead of spinning.
package final class Barrier: Sendable {
  private let arrivals = SharedWord()
  private let generation = SharedWord()
  private let sleepers = SharedWord()
  private let threadCount: UInt32
  private let waitPolicy: WaitPolicy

  /// What a waiting thread does before it sleeps.
  package struct WaitPolicy: Sendable {
    let spins: Int
    let yields: Int

    /// Spins long enough for the end of a stage; for threads that have a core each.
    package static let ownCore = WaitPolicy(spins: 5_000, yields: 0)
    /// Yields, so that the other threads get the core.
    package static let sharedCore = WaitPolicy(spins: 0, yields: 50)
  }

  /// Creates a barrier.
  ///
  /// - Parameters:
  ///   - threadCount: The number of threads that meet, at least 1.
  ///   - waitPolicy: What a waiting thread does before it sleeps.
  package init(threadCount: Int, waitPolicy: WaitPolicy) {
    precondition(threadCount > 0, "at least one thread meets at a barrier")
    self.threadCount = UInt32(threadCount)
    self.waitPolicy = waitPolicy
  }

  /// Returns when every thread has called it as often as the calling thread.
  package func wait() {
    let current = generation.word.pointee.load(ordering: .relaxed)
    if arrivals.word.pointee.add(1, ordering: .acquiringAndReleasing).newValue == threadCount {
      arrivals.word.pointee.store(0, ordering: .relaxed)
      generation.word.pointee.store(current &+ 1, ordering: .sequentiallyConsistent)
      if sleepers.word.pointee.load(ordering: .sequentiallyConsistent) > 0 {
        generation.wakeAll()
      }
      return
    }
    for _ in 0..<waitPolicy.spins {
      if generation.word.pointee.load(ordering: .acquiring) != current { return }
      parallel_spin_hint()
    }
    for _ in 0..<waitPolicy.yields {
      if generation.word.pointee.load(ordering: .acquiring) != current { return }
      parallel_yield()
    }
    sleepers.word.pointee.add(1, ordering: .sequentiallyConsistent)
    while generation.word.pointee.load(ordering: .sequentiallyConsistent) == current {
      generation.sleep(while: current)
    }
    sleepers.word.pointee.subtract(1, ordering: .relaxed)
  }
}
