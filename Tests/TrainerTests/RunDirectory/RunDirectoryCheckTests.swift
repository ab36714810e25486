import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

@Suite("What is checked of a run directory, before anything in it is changed")
struct RunDirectoryCheckTests {
  private let files: TemporaryFolder
  private var path: String { files.path("run") }

  init() throws {
    files = try TemporaryFolder()
    let run = try TrainingRunTests.run()
    try files.write([], to: "run/.lock")
    try RunRecord(
      run: run, options: [], files: [], digests: [:], machine: machine(), command: ["trainer"]
    )
    .write(path: path + "/config.json")
  }

  @Test(
    "a directory or a pipe in the place of a file is refused, and nothing is removed",
    arguments: [("best.safetensors", "a directory"), ("metrics.jsonl", "a named pipe")])
  func kinds(name: String, kind: String) throws {
    let checkpoint = "run/checkpoints/step-000000005.safetensors"
    try files.write([1], to: checkpoint)
    if kind == "a directory" {
      #expect(mkdir("\(path)/\(name)", 0o700) == 0)
    } else {
      #expect(mkfifo("\(path)/\(name)", 0o600) == 0)
    }
    for mode in [RunDirectory.Mode.resume, .overwrite] {
      let error = #expect(throws: TrainerError.self) {
        _ = try RunDirectory(path: path, mode: mode)
      }
      #expect(error?.code == .inputOutput)
      #expect(
        error?.description
          == "\(path)/\(name): found \(kind), expected nothing or the run's own file")
    }
    #expect(files.exists(checkpoint))
  }

  @Test("a checkpoint that could not be removed is an error before others are")
  func checkpointFolder() throws {
    let names = ["step-000000005.safetensors", "step-000000099.safetensors"]
    try files.write([1], to: "run/checkpoints/\(names[0])")
    #expect(mkdir("\(path)/checkpoints/\(names[1])", 0o700) == 0)
    let error = #expect(throws: FileError.self) {
      _ = try RunDirectory(path: path, mode: .overwrite)
    }
    #expect(error == FileError("\(path)/checkpoints/\(names[1])", .remove, code: EISDIR))
    #expect(try files.names(in: "run/checkpoints") == names)
  }

  @Test("a complete run without checkpoints is not resumed, and gets no folder for them")
  func modelAlone() throws {
    try files.write([1], to: "run/model.safetensors")
    let error = #expect(throws: TrainerError.self) {
      _ = try RunDirectory(path: path, mode: .resume)
    }
    #expect(error?.code == .badData)
    #expect(error?.description.contains("but no checkpoint to resume from") == true)
    #expect(try files.names(in: "run") == [".lock", "config.json", "model.safetensors"])
  }

  @Test("a path that is too long for a checkpoint is refused")
  func longPath() throws {
    let part = "/" + String(repeating: "d", count: 99)
    let long = path + String(repeating: part, count: 42)
    // `/checkpoints/step-` with 19 digits and `.safetensors.damaged`, and the NUL.
    let limit = Int(PATH_MAX) - 58
    let name = String(long.prefix(limit))
    try RunDirectory.check(path: name, mode: .new)
    let error = #expect(throws: FileError.self) {
      try RunDirectory.check(path: name + "d", mode: .new)
    }
    #expect(error == FileError(name + "d", .write, code: ENAMETOOLONG))
  }

  @Test("a new run without a step leaves nothing, not even new parents; an older run stays")
  func abandoned() throws {
    let new = try RunDirectory(path: files.path("made/for/it"), mode: .new)
    try files.write([], to: "made/for/it/metrics.jsonl")
    try files.write([], to: "made/for/it/config.json")
    new.abandon()
    #expect(try files.names() == ["run"])
    try files.write([1], to: "notes/notes.txt")
    try RunDirectory(path: files.path("notes"), mode: .new).abandon()
    #expect(try files.names(in: "notes") == ["notes.txt"])
    try RunDirectory(path: path, mode: .resume).abandon()
    #expect(files.exists("run/config.json"))
  }

  @Test("a lock file that was removed is named, and not the directory")
  func lockRemoved() throws {
    let directory = try RunDirectory(path: path, mode: .resume)
    try FileManager.default.removeItem(atPath: path + "/.lock")
    let error = #expect(throws: TrainerError.self) { try directory.requireInPlace() }
    #expect(error?.description.hasPrefix("\(path)/.lock: was moved or removed") == true)
  }
}
