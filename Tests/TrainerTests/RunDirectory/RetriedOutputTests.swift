import Files
import Synchronization
import TestSupport
import Testing

@testable import Runs
@testable import Training

@Suite("An output that is retried")
struct RetriedOutputTests {
  /// Fails at chosen events.
  private final class Failing: TrainingObserver {
    let failures: Set<String>
    private let calls = Mutex<[String]>([])
    var all: [String] { calls.withLock { $0 } }

    init(_ failures: Set<String>) { self.failures = failures }

    private func call(_ name: String) throws {
      calls.withLock { $0.append(name) }
      if failures.contains(name) { throw TrainerError(.inputOutput, "disk full") }
    }

    func started(_ run: TrainingRun) throws -> RunDecision {
      try call("start")
      return .proceed
    }
    func progressed(_ progress: EpochProgress) -> Bool { progress.step == 1 }
    func paused(_ run: TrainingRun) throws -> RunDecision {
      try call("pause")
      return .proceed
    }
    func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
      try call("epoch \(epoch.epoch)")
      return .proceed
    }
    func stopped(_ run: TrainingRun, failure: (any Error)?) throws { try call("stop") }
    func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
      try call("end")
    }
  }

  private struct Stopper: TrainingObserver {
    func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision { .stop }
  }

  private let warnings = Warnings()

  /// Trains two epochs with an output that fails at some events.
  private func train(
    failing: Set<String>, pause: Duration = .seconds(60),
    with others: [any TrainingObserver] = []
  ) throws -> (run: TrainingRun, calls: [String], error: (any Error)?) {
    let run = try TrainingRunTests.run()
    let file = Failing(failing)
    let output = RetriedOutput(file, pause: pause) { [warnings] in warnings.add($0) }
    let result = Result { try run.train(observers: [output] + others) }
    var error: (any Error)?
    if case .failure(let failure) = result { error = failure }
    return (run, file.all, error)
  }

  @Test("fails during the run with one warning, and the run is whole")
  func retried() throws {
    let (run, calls, error) = try train(failing: ["pause", "epoch 2"])
    #expect(error == nil)
    #expect(run.position.history.count == 2)
    #expect(calls == ["start", "pause", "epoch 1", "epoch 2", "end"])
    #expect(warnings.all == ["disk full; training continues"])
  }

  @Test("warns of the same failure again after a while")
  func warnsAgain() throws {
    let (_, _, error) = try train(failing: ["pause", "epoch 1", "epoch 2"], pause: .zero)
    #expect(error == nil)
    #expect(warnings.all.count == 3)
  }

  @Test("fails at the end of the run with an error, after the last step")
  func end() throws {
    let (run, _, error) = try train(failing: ["epoch 2", "end"])
    #expect(error is TrainerError)
    #expect(run.position.history.count == 2)
    #expect(warnings.all.count == 1)
  }

  @Test("ends the run if it fails at the start, without a warning at the stop")
  func start() throws {
    let (run, calls, error) = try train(failing: ["start", "stop"])
    #expect(error is TrainerError)
    #expect(run.position.step == 0 && calls == ["start", "stop"])
    #expect(warnings.all.isEmpty)
  }

  @Test("is a warning at a stop, which does not say that training continues")
  func stop() throws {
    let (_, calls, error) = try train(failing: ["stop"], with: [Stopper()])
    #expect(error == nil)
    #expect(calls.last == "stop")
    #expect(warnings.all == ["disk full"])
  }
}
