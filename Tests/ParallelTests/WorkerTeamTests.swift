import Foundation
import Glibc
import Synchronization
import Testing

@testable import Parallel

@Suite("A team of workers", .timeLimit(.minutes(20)))
struct WorkerTeamTests {
  /// Where /proc has each worker's thread, such as `12/task/15`; empty where it cannot be read.
  static func threads(of team: WorkerTeam) -> [String] {
    let threads = Slots(repeating: "", count: team.count)
    team.run { worker in
      var path = [CChar](repeating: 0, count: 64)
      let length = max(0, readlink("/proc/thread-self", &path, path.count))
      threads[worker] = String(
        decoding: path[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return threads.all
  }

  @Test("a job runs once on every worker", arguments: [1, 2, 5, 32])
  func everyWorkerOnce(count: Int) throws {
    let team = try WorkerTeam(count: count, coreCount: 2)
    let calls = Slots(repeating: 0, count: count)
    team.run { worker in calls[worker] += 1 }
    #expect(calls.all == [Int](repeating: 1, count: count))
  }

  @Test("each worker keeps a thread of its own, named worker-N in /proc")
  func ownThreads() throws {
    let team = try WorkerTeam(count: 5, coreCount: 2)
    let first = Self.threads(of: team)
    #expect(Set(first).count == 5)
    for (worker, thread) in first.enumerated() {
      let name = try String(contentsOfFile: "/proc/\(thread)/comm", encoding: .utf8)
      #expect(name == "worker-\(worker)\n")
    }
    for _ in 0..<20 { #expect(Self.threads(of: team) == first) }
  }

  @Test("one job follows another, and each sees what the previous one wrote", arguments: [2, 7])
  func manyJobs(count: Int) throws {
    let team = try WorkerTeam(count: count, coreCount: 2)
    let values = AlignedBuffer<Int>(count: count)
    for job in 0..<2_000 {
      team.run { worker in
        // Another worker's value of the last job, and then the own one of this.
        let seen = values.pointer[(worker + 1) % count]
        team.barrier.wait()
        values.pointer[worker] = seen + (seen == job ? 1 : 1_000_000)
      }
    }
    #expect(Array(values.elements) == [Int](repeating: 2_000, count: count))
  }

  @Test("a job's function is released when the job is done")
  func releasesItsFunction() throws {
    final class Token: Sendable {}
    let team = try WorkerTeam(count: 2, coreCount: 2)
    weak var weakToken: Token?
    do {
      let token = Token()
      weakToken = token
      team.run { _ in _ = token }
    }
    // A worker lets go of it after it has reported that it is done.
    for _ in 0..<30_000 where weakToken != nil { usleep(1_000) }
    #expect(weakToken == nil)
  }

  @Test("the end of a team frees its threads for other teams")
  func endsItsThreads() throws {
    var sum = 0
    for _ in 0..<40 {
      let team = try WorkerTeam(count: 16, coreCount: 2)
      let count = Atomic<Int>(0)
      team.run { _ in count.add(1, ordering: .relaxed) }
      sum += count.load(ordering: .relaxed)
    }
    #expect(sum == 640)
  }
}
