import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Model
@testable import Parallel
@testable import Training

/// Notes on which CPUs worker 0 may run.
private final class AffinityObserver: TrainingObserver {
  let allowed = Mutex<Set<String>>([])

  func progressed(_ progress: EpochProgress) -> Bool {
    let status: String
    do {
      status = try String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)
    } catch {
      status = "\(error)"
    }
    for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed_list:") {
      let list = line.dropFirst(18).trimmingCharacters(in: .whitespaces)
      _ = allowed.withLock { $0.insert(list) }
    }
    return false
  }
}

@Suite("A run's workers on CPUs")
struct PlacementTests {
  @Test("run on the CPU of their placement", arguments: [WorkerPlacement.compact, .spread])
  func bound(pin: WorkerPlacement) throws {
    let run = try TrainingRunTests.run(pin: pin)
    let observer = AffinityObserver()
    try run.train(observers: [observer])
    let cpus = try #require(pin.cpus(workers: 2, topology: .current()))
    #expect(observer.allowed.withLock { $0 } == ["\(cpus[0])"])
    #expect(run.pin == pin)
  }

  @Test("a CPU that the system refuses ends the run, with the option and the system's words")
  func refused() throws {
    let cpu = CPUTopology.CPU(number: 5_000, core: 5_000, cache: 5_000, node: 0, package: 0)
    let error = try #require(throws: TrainerError.self) {
      _ = try WorkerTeam.placed(
        count: 2, coreCount: 2, placement: .spread, topology: CPUTopology(cpus: [cpu]))
    }
    #expect(error.code == .failed)
    #expect(
      error.description
        == "`pin` spread: worker 0 cannot be bound to CPU 5000: Invalid argument; `pin` none does "
        + "not bind workers")
  }

  @Test("have touched the rows of the largest batch before the first step")
  func firstTouch() throws {
    var configuration = TrainingConfiguration(threads: 3)
    configuration.batchSize = 1_000
    let state = ModelState(
      network: Network(
        try configuration.architecture(input: Shape(64, 64, 1), classCount: 10), seed: 1),
      seed: 1, optimizerStateCount: 2)
    let step = BatchComputation(
      state: state, team: .started(3), batchCapacity: 1_000,
      shardSize: .rows(1_000))
    let input = step.workspace.input
    let page = Int(getpagesize())
    let bytes = input.count * MemoryLayout<Float>.stride
    var residence = [UInt8](repeating: 0, count: bytes / page)
    try #require(mincore(input.pointer, bytes / page * page, &residence) == 0)
    #expect(residence.allSatisfy { $0 & 1 == 1 })
  }
}
