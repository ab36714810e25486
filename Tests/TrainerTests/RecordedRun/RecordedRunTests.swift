import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files
@testable import Runs
@testable import Training

@Suite("A recorded run")
struct RecordedRunTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("is complete, stopped or without metrics, according to its last line")
  func states() throws {
    func state(_ files: RunFiles) throws -> RecordedRun.State {
      RecordedRun(directory: try files.write(to: "\(UUID())", in: folder)).state
    }
    #expect(try state(RunFiles(accuracies: [0.9, 0.95], seconds: 2)) == .complete)
    #expect(try state(RunFiles(accuracies: [0.9, 0.95], seconds: nil)) == .stopped(step: 200))
    #expect(try state(RunFiles(accuracies: [], seconds: nil)) == .stopped(step: 0))
    #expect(try state(RunFiles()) == .noMetrics)
  }

  @Test("is running while a process holds its lock")
  func running() throws {
    let files = RunFiles(accuracies: [0.9], seconds: nil)
    let directory = try files.write(to: "run", in: folder)
    let descriptor = open(try folder.write([], to: "run/.lock"), O_RDWR | O_CLOEXEC)
    #expect(RecordedRun(directory: directory).state == .stopped(step: 100))
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(RecordedRun(directory: directory).state == .running)
    close(descriptor)
    #expect(RecordedRun(directory: directory).state == .stopped(step: 100))
    // Looking leaves the lock free.
    let other = open(folder.path("run/.lock"), O_RDWR | O_CLOEXEC)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    close(other)
  }

  @Test("with one damaged file names the problem, and contains the other file")
  func broken() throws {
    var files = RunFiles(accuracies: [0.9], seconds: 1)
    files.metrics[1] = "{"
    let metrics = RecordedRun(directory: try files.write(to: "metrics", in: folder))
    #expect(metrics.state == .broken)
    #expect(metrics.record?.threads == 2)
    #expect(metrics.metrics == nil)
    #expect(metrics.problems.count == 1)
    #expect(metrics.problems.first?.description.contains("metrics.jsonl: line 2") == true)

    let directory = try RunFiles(accuracies: [0.9], seconds: 1).write(to: "config", in: folder)
    try folder.write(Array("{}".utf8), to: "config/config.json")
    let configuration = RecordedRun(directory: directory)
    #expect(configuration.state == .broken)
    #expect(configuration.testAccuracy == 0.9)
    #expect(
      configuration.problems.first?.description.contains("config.json: field `format`") == true)
  }

  @Test("with a file that the system refuses to read has one problem, with the right exit code")
  func unreadable() throws {
    let directory = try RunFiles(accuracies: [0.9], seconds: 1).write(to: "run", in: folder)
    let path = directory + "/metrics.jsonl"
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "metrics.jsonl")
    let problem = try #require(RecordedRun(directory: directory).problems.first)
    #expect(problem.code == .inputOutput)
    #expect(
      problem.description == "\(path): cannot be read: Too many levels of symbolic links")
  }

  @Test("is found by its own path or in a folder, and only once")
  func search() throws {
    for name in ["b", "a", "deep/c"] {
      try RunFiles().write(to: "runs/\(name)", in: folder)
    }
    try folder.write([], to: "runs/notes.txt")
    let runs = folder.path("runs")
    #expect(
      RecordedRun.find(in: [runs]).runs.map(\.directory) == ["\(runs)/a", "\(runs)/b"])
    let several = RecordedRun.find(in: [runs + "/b", runs, runs + "/../runs/a/"])
    #expect(several.runs.map(\.directory) == ["\(runs)/b", "\(runs)/a"])
    #expect(several.problems.isEmpty)
  }

  @Test("is no link that leads to itself or nowhere")
  func links() throws {
    try RunFiles().write(to: "runs/a", in: folder)
    for (name, target) in [("loop", "loop"), ("dangling", "none")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path("runs/\(name)"), withDestinationPath: target)
    }
    let found = RecordedRun.find(in: [folder.path("runs")])
    #expect(found.runs.map(\.directory) == [folder.path("runs/a")])
    #expect(found.problems.isEmpty && found.warnings.isEmpty)
  }

  @Test(
    "is no start that was killed, which leaves empty metrics", arguments: [[], [1]] as [[UInt8]])
  func killedStart(metrics: [UInt8]) throws {
    try RunFiles().write(to: "runs/a", in: folder)
    try folder.write(metrics, to: "runs/b/metrics.jsonl")
    let found = RecordedRun.find(in: [folder.path("runs")])
    let shown = metrics.isEmpty ? ["a"] : ["a", "b"]
    #expect(found.runs.map(\.directory) == shown.map { folder.path("runs/\($0)") })
  }

  @Test("is left out with a warning if its name is not UTF-8")
  func otherBytes() throws {
    let runs = folder.path("runs")
    try RunFiles().write(to: "runs/a", in: folder)
    for byte in [-1, -2] as [CChar] {
      let name = Array((runs + "/").utf8CString.dropLast()) + [byte, 0x78, 0]
      try #require(mkdir(name, 0o700) == 0)
    }
    let found = RecordedRun.find(in: [runs])
    #expect(found.runs.map(\.directory) == [runs + "/a"] && found.problems.isEmpty)
    #expect(
      found.warnings == [
        "\(runs): left out 2 names that are not UTF-8: '\u{FFFD}x', '\u{FFFD}x'"
      ])
    var followed = FollowedRuns(in: [runs])
    #expect(followed.update().warnings == found.warnings)
  }

  @Test("is found in addition to the runs inside its own directory")
  func nested() throws {
    for name in ["runs", "runs/b", "runs/a"] { try RunFiles().write(to: name, in: folder) }
    let runs = folder.path("runs")
    let found = RecordedRun.find(in: [runs])
    #expect(found.runs.map(\.directory) == [runs, "\(runs)/a", "\(runs)/b"])
    #expect(found.problems.isEmpty)
    #expect(RecordedRun.find(in: [runs + "/a"]).problems.isEmpty)
  }

  @Test(
    "that a limit of the process keeps from being found is an error with that code",
    arguments: [ENOMEM, EMFILE, ENFILE], [ModeledFileSystem.Call.Kind.open, .names, .status])
  func refused(error: Int32, kind: ModeledFileSystem.Call.Kind) throws {
    let made = ModeledFileSystem()
    try FileSystems.$current.withValue(made) { try FileSystems.current.makeFolders("/runs") }
    let system = ModeledFileSystem(disk: made.disk) { _, call in
      call.kind == kind ? .error(error) : nil
    }
    let found = FileSystems.$current.withValue(system) { RecordedRun.find(in: ["/runs"]) }
    let problem = try #require(found.problems.first)
    #expect(problem.code == .refused, "\(problem)")
    #expect(problem.description.hasPrefix("/runs"), "\(problem)")
  }

  @Test("in a folder that cannot be read is no folder that is missing")
  func unreadableFolder() throws {
    let made = ModeledFileSystem()
    try FileSystems.$current.withValue(made) { try FileSystems.current.makeFolders("/runs") }
    let system = ModeledFileSystem(disk: made.disk) { _, call in
      call.kind == .open ? .error(EIO) : nil
    }
    let found = FileSystems.$current.withValue(system) { RecordedRun.find(in: ["/runs"]) }
    #expect(found.problems.map(\.code) == [.inputOutput])
  }

  @Test("is reported as missing if a folder contains none or does not exist")
  func nothing() throws {
    try folder.write([], to: "empty/file")
    let missing = RecordedRun.find(
      in: ["empty", "nowhere", "empty/file"].map { folder.path($0) })
    #expect(missing.runs.isEmpty)
    #expect(missing.problems.map(\.code) == [.dataNotFound, .dataNotFound, .dataNotFound])
    #expect(missing.problems[0].description.contains("found no run directory"))
    #expect(missing.problems[1].description.contains("No such file or directory"))
    #expect(missing.problems[2].description.contains("Not a directory"))
  }
}
