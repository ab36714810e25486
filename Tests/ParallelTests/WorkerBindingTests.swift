import Foundation
import Glibc
import Testing

@testable import Parallel

@Suite("Workers bound to CPUs", .timeLimit(.minutes(20)))
struct WorkerBindingTests {
  /// The CPUs on which a thread may run, as /proc has it; nil where the thread is gone.
  private func allowed(_ thread: String) -> [Int]? {
    do {
      let status = try String(contentsOfFile: "/proc/\(thread)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
      return line.flatMap { CPUList(text: $0.dropFirst(18).trimmingCharacters(in: .whitespaces)) }?
        .cpus
    } catch {
      return nil
    }
  }

  @Test("each runs on its CPU alone, job after job")
  func bound() throws {
    let usable = UsableCPUs.current().cpus
    let team = try WorkerTeam(count: 5, coreCount: usable.count)
    let cpus = (0..<5).map { usable[(4 - $0) % usable.count] }
    try team.bind(to: cpus)
    for _ in 0..<3 {
      #expect(WorkerTeamTests.threads(of: team).map(allowed) == cpus.map { [$0] })
    }
  }

  @Test("a team that is bound again moves")
  func again() throws {
    let usable = UsableCPUs.current().cpus
    let team = try WorkerTeam(count: 2, coreCount: usable.count)
    for cpu in usable.prefix(4) {
      try team.bind(to: [cpu, usable[0]])
      #expect(WorkerTeamTests.threads(of: team).map(allowed) == [[cpu], [usable[0]]])
    }
  }

  @Test("their threads return to Dispatch with their old affinity")
  func restored() throws {
    let usable = UsableCPUs.current().cpus
    var threads: [String] = []
    do {
      let team = try WorkerTeam(count: 4, coreCount: usable.count)
      try team.bind(to: [Int](repeating: usable[0], count: 4))
      threads = WorkerTeamTests.threads(of: team)
      #expect(threads.map(allowed) == [[Int]?](repeating: [usable[0]], count: 4))
    }
    // The workers go on to their end when the team is gone; Dispatch keeps their threads for
    // seconds.
    var masks: [[Int]] = []
    for _ in 0..<30_000 {
      masks = threads.compactMap(allowed)
      if masks.allSatisfy({ $0 == usable }) { break }
      usleep(1_000)
    }
    #expect(!masks.isEmpty)
    #expect(masks.allSatisfy { $0 == usable })
  }

  @Test("a CPU that may not be used is an error with its number, and no worker is bound")
  func impossible() throws {
    let usable = UsableCPUs.current().cpus
    let team = try WorkerTeam(count: 3, coreCount: usable.count)
    let error = try #require(throws: WorkerBindingError.self) {
      try team.bind(to: [usable[0], 5_000, usable[0]])
    }
    #expect(error == WorkerBindingError(worker: 1, cpu: 5_000, code: EINVAL))
    #expect("\(error)" == "worker 1 cannot be bound to CPU 5000: Invalid argument")
    #expect(WorkerTeamTests.threads(of: team).map(allowed) == [[Int]?](repeating: usable, count: 3))
    try team.bind(to: [usable[0], usable[0], usable[0]])
  }
}
