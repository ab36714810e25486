import Glibc
import Synchronization
import Testing

@testable import Parallel

@Suite("The barrier")
struct BarrierTests {
  static let waitPolicies = [
    Barrier.WaitPolicy.ownCore, .sharedCore, Barrier.WaitPolicy(spins: 0, yields: 0),
  ]

  @Test(
    "nobody passes before all have come, and what they wrote is seen", .timeLimit(.minutes(20)),
    arguments: 0..<waitPolicies.count, [1, 2, 7])
  func generations(waitPolicy: Int, threadCount: Int) {
    let barrier = Barrier(threadCount: threadCount, waitPolicy: Self.waitPolicies[waitPolicy])
    // Plain memory: the barrier alone orders the threads' accesses.
    let written = AlignedBuffer<Int>(count: threadCount)
    let early = Atomic<Int>(0)
    onThreads(threadCount) { index in
      for generation in 1...500 {
        written.pointer[index] = generation
        barrier.wait()
        for value in written.elements where value != generation {
          early.add(1, ordering: .relaxed)
        }
        barrier.wait()
      }
    }
    #expect(early.load(ordering: .relaxed) == 0)
  }

  @Test("a late thread wakes sleeping threads", .timeLimit(.minutes(20)))
  func sleepers() {
    let barrier = Barrier(threadCount: 3, waitPolicy: .ownCore)
    let passed = Atomic<Int>(0)
    onThreads(3) { index in
      for round in 0..<3 {
        if index == round { usleep(20_000) }
        barrier.wait()
        passed.add(1, ordering: .relaxed)
      }
    }
    #expect(passed.load(ordering: .relaxed) == 9)
  }
}
