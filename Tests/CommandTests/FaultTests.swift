import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A fault of the system during a run with a directory")
struct FaultTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func train(_ more: [String], _ fault: FaultInjection? = nil) async throws -> CommandResult
  {
    try await Command.run(
      ["--data", data, "--epochs", "3", "--hidden", "8", "--batch-size", "50"] + more,
      environment: fault?.environment(in: folder) ?? [:], in: folder)
  }

  private func resume(_ more: [String] = [], _ fault: FaultInjection? = nil) async throws
    -> CommandResult
  {
    try await Command.run(
      ["--output", "run", "--resume", "--quiet"] + more,
      environment: fault?.environment(in: folder) ?? [:], in: folder)
  }

  /// What killed writers would leave.
  private var leftovers: [String] {
    get throws {
      try (folder.names(in: "run") + folder.names(in: "run/checkpoints"))
        .filter { $0.hasSuffix(".tmp") }
    }
  }

  @Test(
    "that keeps checkpoints from being read is an error that changes nothing",
    arguments: [FaultInjection.Call.open, .read], ["checkpoints/step-", "step-000000036"])
  func unreadable(call: FaultInjection.Call, path: String) async throws {
    let first = try await train(["--output", "run", "--quiet"])
    try #require(first.status == 0, "\(first.errors)")
    let names = try folder.names(in: "run/checkpoints")
    let failed = try await resume(["--epochs", "4"], FaultInjection(path: path, call: call))
    #expect(failed.status == 74, "\(failed.errors)")
    #expect(failed.errors.contains("step-000000036.safetensors"), "\(failed.errors)")
    #expect(failed.errors.contains("Input/output error"), "\(failed.errors)")
    #expect(try folder.names(in: "run/checkpoints") == names)
    let resumed = try await resume(["--epochs", "4"])
    let unbroken = try await train(["--epochs", "4"])
    #expect(resumed.status == 0 && resumed.digest == unbroken.digest, "\(resumed.errors)")
  }

  @Test("that hides the names of the checkpoints is no reason to begin anew")
  func unreadableFolder() async throws {
    let first = try await train(["--output", "run", "--quiet"])
    try #require(first.status == 0, "\(first.errors)")
    let metrics = try folder.bytes("run/metrics.jsonl")
    let failed = try await resume(
      ["--epochs", "4"], FaultInjection(path: "run/checkpoints", call: .readdir))
    #expect(failed.status == 74, "\(failed.errors)")
    #expect(
      failed.errors.contains("run/checkpoints: cannot be read: Input/output error"),
      "\(failed.errors)")
    #expect(try folder.bytes("run/metrics.jsonl") == metrics)
  }

  @Test("that keeps the name of a written checkpoint from the disk is told as that")
  func unsynchronizedCheckpoint() async throws {
    // The file is synchronized, then its folder.
    let fault = FaultInjection(path: "run/checkpoints", call: .fsync, skipped: 1, count: 1)
    let result = try await train(["--output", "run", "--quiet"], fault)
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.errors.contains(
        "warning: the checkpoint of step 12 is written, but "
          + "run/checkpoints/step-000000012.safetensors: its folder cannot be synchronized, so "
          + "that a crash of the machine may undo it: Input/output error; training continues"),
      "\(result.errors)")
    #expect(try folder.names(in: "run/checkpoints").contains("step-000000012.safetensors"))
  }

  @Test("that hides the settings of a run is no reason to take others")
  func unreadableSettings() async throws {
    let first = try await train(["--output", "run", "--quiet"])
    let unseen = try await resume([], FaultInjection(path: "config.json", call: .stat))
    #expect(unseen.status == 74 || unseen.digest == first.digest, "\(unseen.errors)")
    let before = try folder.bytes("run/config.json")
    let result = try await resume([], FaultInjection(path: "config.json", call: .open))
    #expect(result.status == 74, "\(result.errors)")
    #expect(result.errors.contains("run/config.json: cannot be read: Input/output error"))
    #expect(try folder.bytes("run/config.json") == before)
  }

  @Test("that stops the best model from being written once does not leave an older one")
  func bestModel() async throws {
    let options = ["--validation", "100", "--epochs", "4", "--output"]
    let reference = try await train(options + ["reference"])
    try #require(reference.status == 0, "\(reference.errors)")
    let best = try folder.bytes("reference/best.safetensors")
    let writes = try JSONObject.lines(folder.text("reference/metrics.jsonl"))
      .compactMap { $0["validation_loss"] as? Double }
      .reduce(into: [Double]()) { if $1 < $0.last ?? .infinity { $0.append($1) } }.count
    // The last time that a best model is written.
    let fault = FaultInjection(
      path: "best.safetensors", call: .rename, skipped: writes - 1, count: 1)
    let result = try await train(options + ["run"], fault)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("run/best.safetensors: cannot be written: Input/output error"))
    #expect(try folder.bytes("run/best.safetensors") == best)
  }

  @Test("that stops the best model from being written is an error, which a resumed run mends")
  func bestModelResumed() async throws {
    let options = ["--validation", "100", "--output"]
    _ = try await train(options + ["reference"])
    let best = try folder.bytes("reference/best.safetensors")
    let fault = FaultInjection(path: "best.safetensors", call: .rename)
    let failed = try await train(options + ["run"], fault)
    #expect(failed.status == 74, "\(failed.errors)")
    #expect(!folder.exists("run/best.safetensors"))
    let resumed = try await resume()
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try folder.bytes("run/best.safetensors") == best)
  }

  @Test("that ends the run waits for the checkpoint of the epoch; the run is resumed from it")
  func lostOutput() async throws {
    // Standard output takes the run's description and no epoch's line.
    let fault = FaultInjection(
      path: "/out-", call: .write, error: EPIPE, skipped: 1, slow: "/checkpoints/.trainer-")
    let result = try await train(["--output", "run"], fault)
    #expect(result.status == 74, "\(result.errors)")
    #expect(result.errors.contains("standard output cannot be written"), "\(result.errors)")
    #expect(try folder.names(in: "run/checkpoints") == ["step-000000012.safetensors"])
    #expect(try leftovers.isEmpty)
    let resumed = try await resume()
    let unbroken = try await train(["--quiet"])
    #expect(resumed.status == 0 && resumed.digest == unbroken.digest, "\(resumed.errors)")
  }

  @Test("that keeps a new directory's name from the disk is an error before training")
  func newDirectory() async throws {
    let result = try await train(
      ["--output", "deep/run", "--quiet"], FaultInjection(path: "/deep", call: .fsync))
    #expect(result.status == 74, "\(result.errors)")
    #expect(
      result.errors.contains("deep/run: cannot be written: Input/output error"), "\(result.errors)")
    #expect(!folder.exists("deep/run/config.json"))
    let again = try await train(["--output", "deep/run", "--quiet"])
    #expect(again.status == 0, "\(again.errors)")
  }

  @Test(
    "that keeps the last figures from the disk is an error",
    arguments: ["run/metrics.jsonl", "run/metrics.csv", "figures"])
  func figures(file: String) async throws {
    let result = try await train(
      ["--output", "run", "--metrics", "figures", "--quiet"],
      FaultInjection(path: file, call: .fsync))
    #expect(result.status == 74, "\(result.errors)")
    #expect(
      result.errors.contains("\(file): cannot be written: Input/output error"), "\(result.errors)")
  }
}
