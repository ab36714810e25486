import Synchronization
import Testing

@testable import Model
@testable import Training

/// Writes down what it is told, and does what it was asked for.
private final class Witness: TrainingObserver {
  struct Failure: Error, Equatable {
    let call: String
  }

  private let calls = Mutex<[String]>([])
  private let failing: String
  private let stopping: String
  private let log: (@Sendable (String) -> Void)?

  /// - Parameters:
  ///   - failing: The call that throws.
  ///   - stopping: The call that asks for a stop.
  ///   - log: Is told of each call too.
  init(failing: String = "", stopping: String = "", log: (@Sendable (String) -> Void)? = nil) {
    self.failing = failing
    self.stopping = stopping
    self.log = log
  }

  var all: [String] { calls.withLock { $0 } }

  private func take(_ call: String) throws {
    calls.withLock { $0.append(call) }
    log?(call)
    if call.hasPrefix(failing), !failing.isEmpty { throw Failure(call: failing) }
  }

  private func decision(_ call: String) throws -> RunDecision {
    try take(call)
    return call == stopping ? .stop : .proceed
  }

  func started(_ run: TrainingRun) throws -> RunDecision {
    try decision("started at \(run.position.step)")
  }

  func progressed(_ progress: EpochProgress) -> Bool { stopping == "paused at \(progress.step)" }

  func paused(_ run: TrainingRun) throws -> RunDecision {
    try decision("paused at \(run.position.step)")
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try decision("finished \(epoch.epoch)")
  }

  func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    let reason = failure.map { " by \(($0 as? Failure)?.call ?? "\($0)")" } ?? ""
    try take("stopped at \(run.position.step)\(reason)")
  }

  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try take("ended after \(last.epoch): \(ending.rawValue)")
  }
}

@Suite("An observer of a run")
struct TrainingObserverTests {
  @Test("is told once of the start, and once of the end")
  func ended() throws {
    let witness = Witness()
    let run = try TrainingRunTests.run()
    try run.train(observers: [witness])
    #expect(
      witness.all == ["started at 0", "finished 1", "finished 2", "ended after 2: completed"])
    // A run that is at its end starts and ends.
    let again = Witness()
    try run.train(observers: [again])
    #expect(again.all == ["started at 10", "ended after 2: completed"])
  }

  @Test("is told of an end within an epoch, and of one by the accuracy")
  func otherEnds() throws {
    let cut = Witness()
    try TrainingRunTests.run { $0.stepLimit = 7 }.train(observers: [cut])
    #expect(cut.all == ["started at 0", "finished 1", "finished 2", "ended after 2: completed"])
    let reached = Witness()
    try TrainingRunTests.run { $0.targetAccuracy = 1e-9 }.train(observers: [reached])
    #expect(reached.all == ["started at 0", "finished 1", "ended after 1: target-accuracy"])
  }

  @Test(
    "is told once of a stop instead, wherever that was asked for",
    arguments: [
      ("started at 0", ["started at 0", "stopped at 0"]),
      ("paused at 3", ["started at 0", "paused at 3", "stopped at 3"]),
      ("finished 1", ["started at 0", "finished 1", "stopped at 5"]),
    ])
  func stopped(call: String, calls: [String]) throws {
    let observers = [Witness(), Witness(stopping: call), Witness()]
    let run = try TrainingRunTests.run()
    #expect(try run.train(observers: observers).ending == .stopped)
    #expect(observers.allSatisfy { $0.all == calls }, "\(observers.map(\.all))")
    let step = run.position.step
    let rest = Witness()
    try run.train(observers: [rest])
    #expect(rest.all.first == "started at \(step)")
    #expect(rest.all.last == "ended after 2: completed")
  }

  @Test("that asks for a stop at the end of a run does not stop it")
  func lateStop() throws {
    let witness = Witness(stopping: "finished 2")
    #expect(try TrainingRunTests.run().train(observers: [witness]).ending == .completed)
    #expect(witness.all.last == "ended after 2: completed")
  }

  @Test(
    "is told of another's failure as of a stop, and the run throws it",
    arguments: [("started", 0), ("finished 1", 5), ("finished 2", 10)])
  func failed(call: String, step: Int) throws {
    // What fails after it is not told.
    let observers = [Witness(failing: "stopped"), Witness(failing: call), Witness()]
    let run = try TrainingRunTests.run()
    let error = #expect(throws: Witness.Failure.self) { try run.train(observers: observers) }
    #expect(error?.call == call && run.position.step == step)
    for (index, observer) in observers.enumerated() {
      #expect(observer.all.last == "stopped at \(step) by \(call)")
      // A run that cannot start must not replace further files.
      let isStarted = index < 2 || call != "started"
      #expect(
        observer.all.count { !$0.hasPrefix("finished") } == (isStarted ? 2 : 1),
        "\(observer.all)")
    }
  }

  @Test("is told of a loss that is not finite as of a stop")
  func diverged() throws {
    let witness = Witness()
    let run = try TrainingRunTests.run {
      $0.optimizer.learningRate = 1e30
      $0.epochs = 100
    }
    #expect(throws: TrainerError.self) { try run.train(observers: [witness]) }
    #expect(witness.all.count == 2)
    #expect(witness.all.last?.contains("not a finite number") == true)
  }

  @Test("is told of the end also after another fails there; the first failure is thrown")
  func failedEnd() throws {
    let furtherFailures = Warnings()
    let observers = [
      Witness(), Witness(failing: "ended"), Witness(failing: "ended after 2"), Witness(),
    ]
    let group = ObserverGroup(observers: observers) { error in
      furtherFailures.add((error as? Witness.Failure)?.call ?? "")
    }
    let error = #expect(throws: Witness.Failure.self) {
      try TrainingRunTests.run().train(observers: [group])
    }
    #expect(error?.call == "ended")
    #expect(furtherFailures.all == ["ended after 2"])
    for observer in observers { #expect(observer.all.last == "ended after 2: completed") }
  }

  @Test("is told after those before it in the list")
  func order() throws {
    let calls = Warnings()
    let names = ["a", "b", "c"]
    let observers = names.map { name in
      Witness(log: { call in calls.add("\(name) \(call)") })
    }
    try TrainingRunTests.run { $0.epochs = 1 }.train(observers: observers)
    #expect(
      calls.all
        == ["started at 0", "finished 1", "ended after 1: completed"].flatMap { call in
          names.map { "\($0) \(call)" }
        })
  }
}
