import Foundation
import Glibc
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

  private func recordFile(of run: TrainingRun, in path: String? = nil) throws -> RecordFile {
    let path = path ?? files.path("run")
    return try RecordFile(
      directory: RunDirectory(path: path, mode: .overwrite),
      record: RunRecord(
        run: run, options: [], files: [], digests: [:], machine: machine(), command: ["trainer"]),
      replacedLines: ["metrics.jsonl", "metrics.csv"].map {
        try LineFile(path: "\(path)/\($0)", in: .ownDirectory)
      })
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
    #expect(try files.bytes("run/metrics.jsonl").isEmpty && files.bytes("run/metrics.csv").isEmpty)
    #expect(try RunRecord.read(path: config).command == ["trainer"])
  }

  @Test("removes nothing if it cannot be written")
  func unwritable() throws {
    let old = [
      "/run/checkpoints/step-000000005.safetensors", "/run/metrics.jsonl",
      "/run/model.safetensors",
    ]
    let record = Array(#"{"format": "trainer run"}"#.utf8)
    let before = ModeledFileSystem()
    try FileSystems.$current.withValue(before) {
      try before.makeFolders("/run/checkpoints")
      try AtomicFile.replace(path: "/run/config.json") { try $0.write(record) }
      for path in old { try AtomicFile.replace(path: path) { try $0.write([1]) } }
    }
    let system = ModeledFileSystem(disk: before.disk) { _, call in
      call.kind == .synchronize ? .error(EIO) : nil
    }
    let run = try TrainingRunTests.run()
    try FileSystems.$current.withValue(system) {
      let file = try recordFile(of: run, in: "/run")
      #expect(throws: FileError.self) { try file.started(run) }
    }
    for path in old { #expect(system.disk.tree[path] == [1], "\(path)") }
    #expect(system.disk.tree["/run/config.json"] == record)
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
