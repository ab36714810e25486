import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

@Suite("The record of a run, which begins it")
struct RecordFileTests {
  private struct Remover: TrainingObserver {
    let path: String

    func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
      if epoch.epoch == 1 { try FileManager.default.removeItem(atPath: path) }
      return .proceed
    }
  }

  private let files: TemporaryFolder
  private var config: String { files.path("run/config.json") }

  init() throws {
    files = try TemporaryFolder()
  }

  private func recordFile(of run: TrainingRun) throws -> RecordFile {
    RecordFile(
      directory: try RunDirectory(path: files.path("run"), mode: .overwrite),
      record: RunRecord(
        run: run, options: [], files: [], digests: [:], machine: machine(), command: ["trainer"]),
      replacesRun: true)
  }

  @Test("removes the run that it replaces, but no file that is open, and only when it starts")
  func replaces() throws {
    let old = [
      "best.safetensors", "checkpoints/step-000000005.safetensors", "metrics.csv", "metrics.jsonl",
      "model.safetensors", "report.html",
    ]
    try files.write(Array(#"{"format": "trainer run"}"#.utf8), to: "run/config.json")
    for name in old { try files.write([1], to: "run/" + name) }
    let run = try TrainingRunTests.run()
    let file = try recordFile(of: run)
    for name in old { #expect(files.exists("run/" + name)) }
    #expect(try file.started(run) == .proceed)
    #expect(
      try files.names(in: "run")
        == [".lock", "checkpoints", "config.json", "metrics.csv", "metrics.jsonl"])
    #expect(try files.names(in: "run/checkpoints").isEmpty)
    #expect(try RunRecord.read(path: config).command == ["trainer"])
  }

  @Test("that another process has removed is an error at the end, as any other output is")
  func removed() throws {
    let run = try TrainingRunTests.run()
    let error = #expect(throws: FileError.self) {
      try run.train(observers: [try recordFile(of: run), Remover(path: config)])
    }
    #expect(error.map { TrainerError($0).code } == .inputOutput)
    #expect(error?.description.hasPrefix("\(config): found no file") == true)
  }
}
