import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Model
@testable import Runs
@testable import Training

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

  @Test("is created with its missing parents")
  func made() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    #expect(try files.names(in: "runs/one") == [".lock", "checkpoints"])
    #expect(directory.paths.directory == path)
  }

  @Test("that contains a run is refused unless the run is resumed or overwritten")
  func holdsRun() throws {
    _ = try RunDirectory(path: path, mode: .new)
    try record()
    let error = #expect(throws: TrainerError.self) {
      try RunDirectory.check(path: path, mode: .new)
    }
    #expect(error?.code == .usage)
    #expect(error?.description.contains("`resume`") == true)
    #expect(error?.description.contains("`overwrite`") == true)
    try RunDirectory.check(path: path, mode: .resume)
    try RunDirectory.check(path: path, mode: .overwrite)
  }

  @Test("can be used by only one process at a time")
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

  @Test(
    "is not emptied if its config.json is another program's",
    arguments: ["{}", #"{"format": "other", "format_version": 1}"#, #"{"format": 1}"#, "[]"])
  func foreignFiles(content: String) throws {
    try files.write([1], to: "runs/one/model.safetensors")
    try files.write(Array(content.utf8), to: "runs/one/config.json")
    let error = #expect(throws: TrainerError.self) {
      try RunDirectory.check(path: path, mode: .overwrite)
    }
    #expect(error?.code == .badData)
    #expect(
      error?.description.hasPrefix("\(path)/config.json: found another program's file") == true)
  }

  @Test("with weights but without a record is a run only if it has checkpoints")
  func strayWeights() throws {
    try files.write([1], to: "runs/one/best.safetensors")
    for mode in [RunDirectory.Mode.new, .resume, .overwrite] {
      let error = #expect(throws: TrainerError.self) {
        try RunDirectory.check(path: path, mode: mode)
      }
      #expect(error?.description.hasPrefix("\(path): found weights, but no config.json") == true)
    }
    try files.write([1], to: "runs/one/checkpoints/step-000000005.safetensors")
    try RunDirectory.check(path: path, mode: .resume)
    try RunDirectory.check(path: path, mode: .overwrite)
  }

  @Test("can be overwritten if its record is one that this version cannot read")
  func unreadableRecord() throws {
    let record = #"{"format": "trainer run", "format_version": 2}"#
    try files.write(Array(record.utf8), to: "runs/one/config.json")
    try RunDirectory.check(path: path, mode: .overwrite)
  }

  @Test(
    "for which a limit of the process is too low is an error with that code",
    arguments: [ENOMEM, EMFILE, ENFILE],
    [ModeledFileSystem.Call.Kind.status, .access, .makeFolder, .open])
  func refused(error: Int32, kind: ModeledFileSystem.Call.Kind) throws {
    let system = ModeledFileSystem { _, call in call.kind == kind ? .error(error) : nil }
    try FileSystems.$current.withValue(system) {
      let failure = try #require(throws: FileError.self) {
        _ = try RunDirectory(path: "/run", mode: .new)
      }
      #expect(TrainerError(failure).code == .refused, "\(failure)")
    }
  }

  @Test("whose files a limit of the process does not let it examine is an error with that code")
  func refusedExamination() throws {
    let system = ModeledFileSystem { _, call in
      call.path == "/run/metrics.jsonl" ? .error(ENOMEM) : nil
    }
    try FileSystems.$current.withValue(system) {
      try FileSystems.current.makeFolders("/run")
      let failure = try #require(throws: FileError.self) {
        try RunDirectory.check(path: "/run", mode: .resume)
      }
      #expect(TrainerError(failure).code == .refused)
      #expect(failure.description.hasPrefix("/run/metrics.jsonl: cannot be read: "))
    }
  }

  @Test("loses temporary files of a killed process and no other files")
  func leftovers() throws {
    for folder in ["runs/one/", "runs/one/checkpoints/"] {
      try files.write([1], to: folder + ".trainer-123-left.tmp")
      try files.write([1], to: folder + ".trainer-123-held.tmp")
    }
    // Another writer, which saves a model there, holds its file.
    let held = ["runs/one/", "runs/one/checkpoints/"].map {
      open(files.path($0 + ".trainer-123-held.tmp"), O_WRONLY)
    }
    defer { for descriptor in held { close(descriptor) } }
    for descriptor in held { #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0) }
    _ = try RunDirectory(path: path, mode: .resume)
    #expect(try files.names(in: "runs/one") == [".lock", ".trainer-123-held.tmp", "checkpoints"])
    #expect(try files.names(in: "runs/one/checkpoints") == [".trainer-123-held.tmp"])
  }

  @Test("is never written through a symbolic link", arguments: RunDirectory.Mode.all)
  func links(mode: RunDirectory.Mode) throws {
    let names = [
      ".lock", "checkpoints", "config.json", "metrics.jsonl", "metrics.csv", "model.safetensors",
      "best.safetensors", "report.html",
    ]
    for name in names {
      try files.write(Array("precious".utf8), to: "victim")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(
        atPath: path + "/" + name, withDestinationPath: files.path("victim"))
      let error = #expect(throws: TrainerError.self, "\(name)") {
        _ = try RunDirectory(path: path, mode: mode)
      }
      #expect(error?.code == .inputOutput)
      #expect(error?.description.hasPrefix("\(path)/\(name): found a symbolic link") == true)
      #expect(try files.text("victim") == "precious")
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test("is not created through a link that leads nowhere", arguments: RunDirectory.Mode.all)
  func dangling(mode: RunDirectory.Mode) throws {
    try FileManager.default.createSymbolicLink(
      atPath: files.path("link"), withDestinationPath: files.path("nothing"))
    let error = #expect(throws: TrainerError.self) {
      _ = try RunDirectory(path: files.path("link"), mode: mode)
    }
    #expect(error?.code == .inputOutput)
    #expect(error?.description.contains("it is a symbolic link that leads nowhere") == true)
    #expect(!files.exists("nothing"))
  }

  @Test("that was moved or removed is no longer in place, even if another has its name")
  func moved() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    try directory.requireInPlace()
    try FileManager.default.moveItem(atPath: path, toPath: path + "-moved")
    let error = #expect(throws: TrainerError.self) { try directory.requireInPlace() }
    #expect(error?.code == .inputOutput)
    #expect(error?.description.hasPrefix("\(path): was moved or removed") == true)
    let other = try RunDirectory(path: path, mode: .new)
    #expect(throws: TrainerError.self) { try directory.requireInPlace() }
    try other.requireInPlace()
    // A directory that came back is the same.
    try FileManager.default.moveItem(atPath: path, toPath: path + "-other")
    try FileManager.default.moveItem(atPath: path + "-moved", toPath: path)
    try directory.requireInPlace()
  }

  @Test("is not locked through a link, hard or symbolic")
  func foreignLock() throws {
    try files.write(Array("precious".utf8), to: "victim")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FileManager.default.linkItem(atPath: files.path("victim"), toPath: path + "/.lock")
    let error = #expect(throws: FileError.self) { _ = try RunDirectory(path: path, mode: .new) }
    #expect(error?.description.contains("2 names (hard links)") == true)
    #expect(try files.text("victim") == "precious")
    #expect(throws: FileError.self) {
      try FileManager.default.removeItem(atPath: path + "/.lock")
      try FileManager.default.createSymbolicLink(
        atPath: path + "/.lock", withDestinationPath: files.path("victim"))
      _ = try DirectoryLock(directory: path)
    }
    #expect(try files.text("victim") == "precious")
  }

  @Test("is checked again after it was locked, so that a run of another process is kept")
  func race() async throws {
    let path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    // Another process, between its lock and its end.
    var lock: DirectoryLock? = try DirectoryLock(directory: path)
    let second = Task.detached { () -> TrainerError? in
      while true {
        do {
          _ = try RunDirectory(path: path, mode: .new)
          return nil
        } catch let error as TrainerError {
          // Not let in in time.
          if error.code != .inputOutput { return error }
        }
      }
    }
    try await Task.sleep(for: .milliseconds(20))
    try record()
    withExtendedLifetime(lock) {}
    lock = nil
    let error = try await second.value
    #expect(error?.code == .usage)
    #expect(error?.description.contains("already holds a run") == true)
  }

  @Test("that a killed start left, with empty metrics, is as good as new")
  func killedStart() throws {
    let directory = try RunDirectory(path: path, mode: .new)
    withExtendedLifetime(directory) {}
    for name in ["metrics.jsonl", "metrics.csv"] { try files.write([], to: "runs/one/\(name)") }
    try RunDirectory.check(path: path, mode: .new)
    try files.write([1], to: "runs/one/metrics.csv")
    #expect(throws: TrainerError.self) { try RunDirectory.check(path: path, mode: .new) }
  }

  @Test("that is a file is refused")
  func file() throws {
    try files.write([1], to: "runs/one")
    let error = #expect(throws: FileError.self) {
      try RunDirectory.check(path: path, mode: .new)
    }
    #expect(error.map { TrainerError($0).code } == .inputOutput)
  }

  @Test("contains a record that is read as it was written")
  func roundTrip() throws {
    _ = try RunDirectory(path: path, mode: .new)
    try record()
    let read = try RunRecord.read(path: path + "/config.json")
    #expect(read.settings["batch-size"] == .integer(50))
    #expect(read.settings["seed"] == .integer(0))
    #expect(read.settings["shuffle"] == .flag(true))
    #expect(read.settings["learning-rate"] == .number(0.001))
    #expect(read.machine == here)
    #expect(read.command == ["trainer"])
    let second = read.continuing(read, atStep: 7)
    #expect(second.resumed.map(\.step) == [7])
  }
}

extension RunDirectory.Mode {
  fileprivate static let all: [RunDirectory.Mode] = [.new, .resume, .overwrite]
}
