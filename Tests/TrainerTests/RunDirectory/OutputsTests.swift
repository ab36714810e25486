import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Files
@testable import Machine
@testable import Runs
@testable import Training

/// An output that the trainer does not have: the whole type.
private struct LossLog: TrainingObserver {
  let file: LineFile

  func started(_ run: TrainingRun) throws -> RunDecision {
    try file.append("from step \(run.position.step)".utf8)
    return .proceed
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try file.append("\(epoch.epoch) \(epoch.training.loss)".utf8)
    return .proceed
  }

  func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.append("stopped".utf8)
  }

  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.append("ended".utf8)
    try file.finish()
  }
}

/// An output that fails whenever it is told something.
private final class Broken: TrainingObserver {
  private let calls = Mutex<[String]>([])
  var all: [String] { calls.withLock { $0 } }

  private func fail(_ call: String) throws -> Never {
    calls.withLock { $0.append(call) }
    throw TrainerError(.inputOutput, Message(call))
  }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try fail("epoch \(epoch.epoch)")
  }

  func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try fail("stop\(failure == nil ? "" : " by a failure")")
  }

  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try fail("end")
  }
}

/// Moves a run's directory away when the run starts, and then misses a file in it.
private struct MovingObserver: TrainingObserver {
  let source: String
  let target: String

  func started(_ run: TrainingRun) throws -> RunDecision {
    try FileManager.default.moveItem(atPath: source, toPath: target)
    throw FileError(source + "/config.json", .read, code: ENOENT)
  }
}

@Suite("The outputs of a run")
struct OutputsTests {
  private let files: TemporaryFolder
  private let warnings = Warnings()

  init() throws {
    files = try TemporaryFolder()
  }

  private func run() throws -> TrainingRun {
    try TrainingRunTests.run { $0.validationCount = 40 }
  }

  /// A run directory with all files but the report, which needs the command's record.
  private func outputs(
    of run: TrainingRun, more: [any TrainingObserver] = [], signal: Int32? = nil
  ) throws -> (observer: DirectoryObserver, end: FinalRecord) {
    let warn: @Sendable (String) -> Void = { [warnings] in warnings.add($0) }
    let directory = try RunDirectory(path: files.path("run"), mode: .overwrite)
    let paths = directory.paths
    let folder = CheckpointFolder(path: paths.checkpoints, keep: 3)
    let end = FinalRecord(jobStart: .now, secondsBefore: 0)
    let observer = DirectoryObserver(
      directory,
      checkpoints: CheckpointObserver(
        folder: folder, identity: testIdentity(run), interval: .steps(2),
        caughtSignal: { signal }, warn: warn),
      files: [
        FinalModelFile(path: paths.model, in: .ownDirectory),
        BestModel(path: paths.bestModel, checkpoints: folder, warn: warn),
        try MetricsFile(
          path: paths.metrics, in: .ownDirectory, machine: machine(), initialWeights: nil,
          end: end, stopReason: { "SIGTERM" }),
        try EpochLineFile.metricsTable(path: paths.table),
      ] + more, warn: warn)
    return (observer, end)
  }

  private func events(_ name: String) throws -> [String] {
    try files.text(name).split(separator: "\n").map {
      try #require(
        JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])["event"] as? String
        ?? ""
    }
  }

  @Test("that fail because the directory was moved away end the run with that reason")
  func movedAway() throws {
    let run = try run()
    let moving = MovingObserver(source: files.path("run"), target: files.path("moved"))
    let error = try #require(throws: TrainerError.self) {
      try run.train(observers: [try outputs(of: run, more: [moving]).observer])
    }
    #expect(error.code == .inputOutput)
    #expect(error.description.contains("/run: was moved or removed"), "\(error)")
    #expect(!files.exists("run"))
  }

  @Test("conform to one protocol: a new output is a type and an element of the list")
  func newOutput() throws {
    let run = try run()
    let (directory, end) = try outputs(of: run)
    let observers: [any TrainingObserver] = [
      InitialModelFile(path: files.path("first")),
      try MetricsFile(
        path: files.path("metrics"), machine: machine(), initialWeights: nil, end: end),
      LossLog(file: try LineFile(path: files.path("losses"))),
      directory,
    ]
    try run.train(observers: observers)
    let epochs = run.position.history
    #expect(
      try files.text("losses").split(separator: "\n").map(String.init)
        == ["from step 0"] + epochs.map { "\($0.epoch) \($0.training.loss)" } + ["ended"])
    #expect(try events("metrics") == ["start", "epoch", "epoch", "end"])
    // Both records of the end are one.
    #expect(
      try files.text("metrics").split(separator: "\n").last
        == files.text("run/metrics.jsonl").split(separator: "\n").last)
    #expect(end.record?.weightsDigest == run.digest)
    #expect(try files.text("run/metrics.csv").split(separator: "\n").count == 3)
    #expect(
      try Set(files.names(in: "run"))
        == [
          ".lock", "best.safetensors", "checkpoints", "metrics.csv", "metrics.jsonl",
          "model.safetensors",
        ])
    #expect(warnings.all.isEmpty)
  }

  @Test("of a directory record that a signal stopped the run, even before its first step")
  func stopped() throws {
    let run = try run()
    let (directory, end) = try outputs(of: run, signal: 15)
    #expect(try run.train(observers: [directory]).ending == .stopped)
    #expect(run.position.step == 0 && end.record == nil)
    #expect(try events("run/metrics.jsonl") == ["start", "stop"])
    #expect(try files.names(in: "run/checkpoints") == ["step-000000000.safetensors"])
    #expect(!files.exists("run/model.safetensors"))
  }

  @Test("that fail during the run give warnings, and at the end an error")
  func failures() throws {
    let run = try run()
    let broken = [Broken(), Broken()]
    let (directory, _) = try outputs(of: run, more: broken)
    let error = #expect(throws: TrainerError.self) { try run.train(observers: [directory]) }
    #expect(error?.description == "end" && error?.code == .inputOutput)
    #expect(broken.allSatisfy { $0.all == ["epoch 1", "epoch 2", "end"] })
    let texts = [1, 2].map { "epoch \($0); training continues" }
    #expect(warnings.all == [texts[0], texts[0], texts[1], texts[1], "end"])
    #expect(files.exists("run/model.safetensors"))
    #expect(try events("run/metrics.jsonl").last == "end")
  }

  @Test("contain no line about a stop whose checkpoint could not be written")
  func stopWithoutCheckpoint() throws {
    let run = try run()
    let broken = Broken()
    let (directory, _) = try outputs(of: run, more: [broken], signal: 15)
    // Nothing can be written where the folder should be.
    try FileManager.default.removeItem(atPath: files.path("run/checkpoints"))
    try files.write(Array("no folder".utf8), to: "run/checkpoints")
    #expect(throws: (any Error).self) { try run.train(observers: [directory]) }
    #expect(try events("run/metrics.jsonl") == ["start"])
    #expect(broken.all == ["stop by a failure"])
    #expect(warnings.all.last == "stop by a failure")
  }

  @Test(
    "that another process has removed are an error at the end",
    arguments: ["metrics.jsonl", "metrics.csv", "best.safetensors"])
  func removed(name: String) throws {
    struct Remover: TrainingObserver {
      let path: String
      func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
        if epoch.epoch == 2 { try FileManager.default.removeItem(atPath: path) }
        return .proceed
      }
    }
    let run = try run()
    let path = files.path("run/\(name)")
    let (directory, end) = try outputs(of: run, more: [Remover(path: path)])
    let error = #expect(throws: FileError.self) { try run.train(observers: [directory, end]) }
    #expect(error?.path == path)
    #expect(error.map { TrainerError($0).code } == .inputOutput)
    #expect(end.record != nil && files.exists("run/model.safetensors"))
  }

  @Test("start in the directory only if all others have started")
  func directoryLast() throws {
    struct Refused: TrainingObserver {
      func started(_ run: TrainingRun) throws -> RunDecision {
        throw TrainerError(.inputOutput, "refused")
      }
    }
    let checkpoint = "step-000000005.safetensors"
    let names = ["metrics.csv", "metrics.jsonl", "model.safetensors", "checkpoints/" + checkpoint]
    try files.write(Array(#"{"format": "trainer run"}"#.utf8), to: "run/config.json")
    for name in names { try files.write([1], to: "run/" + name) }
    let run = try run()
    let warnings = warnings
    let last = DirectoryLast(
      outputs: [Refused()], directory: [try outputs(of: run).observer],
      warn: { warnings.add($0) })
    let error = #expect(throws: TrainerError.self) { try run.train(observers: [last]) }
    #expect(error?.description == "refused")
    for name in names { #expect(try files.bytes("run/" + name) == [1]) }
    #expect(try files.names(in: "run/checkpoints") == [checkpoint])
  }

  @Test("outside of the directory record the signal that stopped the run too")
  func stopOutside() throws {
    let run = try run()
    let (directory, end) = try outputs(of: run, signal: 15)
    let outside = try MetricsFile(
      path: files.path("metrics"), machine: machine(), initialWeights: nil, end: end,
      stopReason: { "SIGTERM" })
    let warnings = warnings
    let all = DirectoryLast(
      outputs: [outside], directory: [directory], warn: { warnings.add($0) })
    #expect(try run.train(observers: [all]).ending == .stopped)
    #expect(try events("metrics") == ["start", "stop"])
    #expect(warnings.all.isEmpty)
  }

  @Test("receive no further event after the directory was moved")
  func moved() throws {
    struct Mover: TrainingObserver {
      let move: @Sendable () throws -> Void
      func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
        try move()
        return .proceed
      }
    }
    let run = try run()
    let broken = Broken()
    let (directory, end) = try outputs(of: run, more: [broken])
    let (old, new) = (files.path("run"), files.path("moved"))
    let mover = Mover { try FileManager.default.moveItem(atPath: old, toPath: new) }
    let error = #expect(throws: TrainerError.self) {
      try run.train(observers: [mover, directory])
    }
    #expect(error?.description.contains("was moved or removed") == true)
    #expect(run.position.history.count == 1 && end.record == nil)
    #expect(broken.all.isEmpty)
    #expect(!files.exists("run"))
    #expect(try events("moved/metrics.jsonl") == ["start"])
  }
}
