import Foundation
import TestSupport
import Testing

@testable import Trainer

@Suite("A run directory")
struct RunDirectoryTests {
  private let files: TemporaryFolder
  private let here = machine()
  private var path: String { files.path("runs/one") }

  init() throws {
    files = try TemporaryFolder()
  }

  private func record() throws {
    let run = try TrainingRunTests.run()
    try RunRecord(
      run: run, options: [], files: [], digests: [:], machine: here, command: ["trainer"]
    )
    .write(path: path + "/config.json")
  }

  @Test("is made with the folders above it")
  func made() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    #expect(try files.names(in: "runs/one") == [".lock", "checkpoints"])
    #expect(directory.paths.directory == path)
  }

  @Test("with a run is refused unless the run goes on or is to be removed")
  func holdsRun() throws {
    _ = try RunDirectory(path: path, mode: .new)
    try record()
    let error = #expect(throws: TrainerError.self) {
      try RunDirectory.check(path: path, mode: .new)
    }
    #expect(error?.code == .usage)
    #expect(error?.description.contains("--resume") == true)
    #expect(error?.description.contains("--overwrite") == true)
    try RunDirectory.check(path: path, mode: .resume)
    try RunDirectory.check(path: path, mode: .overwrite)
  }

  @Test("is in use by one process at a time")
  func lock() throws {
    do {
      let directory = try RunDirectory(path: path, mode: .new)
      let error = #expect(throws: TrainerError.self) {
        _ = try RunDirectory(path: path, mode: .resume)
      }
      #expect(error?.code == .inputOutput)
      #expect(error?.description.contains("in use by another process, \(getpid()) on ") == true)
      withExtendedLifetime(directory) {}
    }
    _ = try RunDirectory(path: path, mode: .resume)
  }

  @Test("loses its run, and nothing else, where that is asked")
  func overwrite() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    try record()
    for name in ["metrics.jsonl", "model.safetensors", "checkpoints/step-000000005.safetensors"] {
      try files.write([1], to: "runs/one/" + name)
    }
    try files.write([1], to: "runs/one/notes.txt")
    try directory.removeRun()
    #expect(try files.names(in: "runs/one") == [".lock", "checkpoints", "notes.txt"])
    #expect(try files.names(in: "runs/one/checkpoints").isEmpty)
  }

  @Test("is not emptied where its files are no run's")
  func foreignFiles() throws {
    try files.write([1], to: "runs/one/model.safetensors")
    #expect(throws: TrainerError.self) { try RunDirectory.check(path: path, mode: .overwrite) }
    try files.write(Array("{}".utf8), to: "runs/one/config.json")
    let error = #expect(throws: TrainerError.self) {
      try RunDirectory.check(path: path, mode: .overwrite)
    }
    #expect(error?.description.contains("config.json") == true)
  }

  @Test("that is a file is refused")
  func file() throws {
    try files.write([1], to: "runs/one")
    let error = #expect(throws: TrainerError.self) {
      try RunDirectory.check(path: path, mode: .new)
    }
    #expect(error?.code == .inputOutput)
  }

  @Test("has a record that is read back as it was written")
  func roundTrip() throws {
    _ = try RunDirectory(path: path, mode: .new)
    try record()
    let read = try RunRecord.read(path: path + "/config.json")
    #expect(read.settings["batch-size"] == .integer(50))
    #expect(read.settings["seed"] == .integer(0))
    #expect(read.settings["batch-norm"] == .flag(true))
    #expect(read.settings["learning-rate"] == .number(0.001))
    #expect(read.machine == here)
    #expect(read.command == ["trainer"])
    let second = read.continuing(read, atStep: 7)
    #expect(second.resumed.map(\.step) == [7])
  }
}

@Suite("A file of lines")
struct LineFileTests {
  @Test("that cannot be written is an error that names it, each time, until the lines are there")
  func full() throws {
    let file = try LineFile(path: "/dev/full")
    for _ in 0..<2 {
      let error = #expect(throws: TrainerError.self) { try file.append("line".utf8) }
      #expect(error?.description.hasPrefix("/dev/full: found No space left on device") == true)
    }
    #expect(throws: TrainerError.self) { try file.finish() }
  }

  @Test("has every line as soon as it is added")
  func lines() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("old".utf8), to: "lines")
    let file = try LineFile(path: folder.path("lines"))
    #expect(try folder.text("lines") == "")
    try file.append("one".utf8)
    #expect(try folder.text("lines") == "one\n")
    try file.append("two".utf8)
    try file.finish()
    #expect(try folder.text("lines") == "one\ntwo\n")
  }
}
