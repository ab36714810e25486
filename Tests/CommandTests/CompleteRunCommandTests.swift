import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A complete run")
struct CompleteRunCommandTests {
  private let run: LongRun
  private var folder: TemporaryFolder { run.folder }

  init() throws {
    run = try LongRun()
  }

  private func train(_ options: [String]) async throws -> CommandResult {
    try await run.twoEpochs(options)
  }

  @Test("that has lost its checkpoints does not begin anew by itself")
  func completeWithoutCheckpoints() async throws {
    let first = try await train(["--output", "run"])
    #expect(first.status == 0, "\(first.errors)")
    let model = try folder.bytes("run/model.safetensors")
    try FileManager.default.removeItem(atPath: folder.path("run/checkpoints"))
    let resumed = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "3", "--quiet"], in: folder)
    #expect(resumed.status == 65)
    #expect(resumed.errors.contains("no checkpoint to resume from"), "\(resumed.errors)")
    #expect(try folder.bytes("run/model.safetensors") == model)
  }

  @Test("gives the same digest again when it is resumed, and continues if there are more epochs")
  func complete() async throws {
    let first = try await train(["--output", "run"])
    let again = try await Command.run(
      ["--output", "run", "--resume", "--threads", "3", "--quiet"], in: folder)
    #expect(again.status == 0 && again.digest == first.digest, "\(again.errors)")
    #expect(again.lines.count == 1)
    let told = try await Command.run(["--output", "run", "--resume"], in: folder)
    #expect(told.lines.contains { $0.hasPrefix("complete: 2 of 2 epochs, test accuracy ") })
    #expect(told.lines.contains("to train longer, raise --epochs or --steps"))
    let longer = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "3", "--quiet"], in: folder)
    let unbroken = try await train(["--epochs", "3"])
    #expect(longer.digest == unbroken.digest && longer.digest != nil)
    let lines = try folder.text("run/metrics.jsonl").split(separator: "\n")
    #expect(lines.filter { $0.contains("\"event\":\"epoch\"") }.count == 3)
  }

  @Test("cannot become longer if the learning rate depends on its length")
  func fixedLength() async throws {
    _ = try await train(["--output", "run", "--lr-schedule", "cosine"])
    let told = try await Command.succeed(["--output", "run", "--resume"], in: folder)
    #expect(told.lines.contains { $0.hasPrefix("complete: 2 of 2 epochs, test accuracy ") })
    #expect(!told.lines.contains { $0.hasPrefix("to train longer") })
    let longer = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "3", "--quiet"], in: folder)
    #expect(longer.status == 64)
    #expect(longer.errors.contains("needs another --lr-schedule from its start"))
  }

  @Test(
    "stays as it is when it is resumed",
    arguments: ["--epochs 2 --validation 100", "--steps 20"])
  func untouched(length: String) async throws {
    _ = try await train(["--output", "run"] + length.split(separator: " ").map(String.init))
    func files() throws -> [String: [UInt8]] {
      var files: [String: [UInt8]] = [:]
      for name in try folder.names(in: "run") where name != "checkpoints" && name != ".lock" {
        files[name] = try folder.bytes("run/" + name) + inode("run/" + name)
      }
      for name in try folder.names(in: "run/checkpoints") {
        files[name] =
          try folder.bytes("run/checkpoints/" + name) + inode("run/checkpoints/" + name)
      }
      return files
    }
    let before = try files()
    #expect(before.count >= 6)
    let end = try #require(try JSONObject.lines(folder.text("run/metrics.jsonl")).last)
    let again = try await Command.run(
      ["--output", "run", "--resume", "--threads", "3", "--metrics", "figures"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try files() == before)
    // The time is the run's, also where it is told once more.
    let told = try #require(try JSONObject.lines(folder.text("figures")).last)
    #expect(told["seconds"] as? Double == end["seconds"] as? Double)
    #expect(told.event == "end")
    // What is missing is written.
    try FileManager.default.removeItem(atPath: folder.path("run/report.html"))
    _ = try await Command.run(["--output", "run", "--resume", "--quiet"], in: folder)
    #expect(folder.exists("run/report.html"))
  }

  /// A file's number, which changes when another takes its place.
  private func inode(_ name: String) -> [UInt8] {
    var status = stat()
    stat(folder.path(name), &status)
    return Array("\(status.st_ino)".utf8)
  }
}
