import Foundation
import TestSupport
import Testing

@Suite("The objective of a search")
struct ObjectiveCommandTests {
  private let folder: TemporaryFolder
  private let data = ["--data", "small", "--quiet", "--hidden", "8"]

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private func lines(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("is printed at the end and written after each epoch, equal to the metrics")
  func values() async throws {
    let result = try await Command.succeed(
      ["train", "--objective", "validation-loss", "--objective-file", "objective.jsonl"] + data
        + ["--validation", "16", "--epochs", "3", "--metrics", "metrics.jsonl"], in: folder)
    let metrics = try lines(folder.text("metrics.jsonl")).filter {
      $0["event"] as? String == "epoch"
    }
    let written = try lines(folder.text("objective.jsonl"))
    #expect(written.count == 3)
    for (line, epoch) in zip(written, metrics) {
      #expect(line["value"] as? Double == epoch["validation_loss"] as? Double)
      #expect(line["epoch"] as? Int == epoch["epoch"] as? Int)
      #expect(line["state"] as? String == "running")
    }
    let last = try #require(try lines(result.lines.last ?? "").first)
    #expect(last["value"] as? Double == metrics.last?["validation_loss"] as? Double)
    #expect(last["objective"] as? String == "validation-loss")
    #expect(last["state"] as? String == "complete")
    let digest = try #require(last["weights_digest"] as? String)
    #expect(result.lines.contains("weights_digest \(digest)"))
  }

  @Test("has a line for every epoch after a run was resumed")
  func resumed() async throws {
    let options = ["--objective", "test-accuracy", "--objective-file", "objective.jsonl"]
    _ = try await Command.succeed(
      ["train", "--output", "run", "--epochs", "2"] + options + data, in: folder)
    _ = try await Command.succeed(
      ["train", "--output", "run", "--resume", "--epochs", "4"] + options + data, in: folder)
    #expect(
      try lines(folder.text("objective.jsonl")).map { $0["epoch"] as? Int } == [1, 2, 3, 4])
  }

  @Test(
    "that cannot be had is refused",
    arguments: [
      (["--objective", "validation-loss"], "needs --validation N or --fold k/K"),
      (["--objective-file", "a.jsonl"], "--objective-file has no meaning without --objective"),
      (["--objective", "speed"], "'speed' is invalid"),
      (
        ["--objective", "test-loss", "--objective-file", "none/a.jsonl"],
        "none/a.jsonl: cannot be written"
      ),
      (
        ["--objective", "test-loss", "--objective-file", "a.jsonl", "--metrics", "a.jsonl"],
        "are the same file"
      ),
    ])
  func refused(options: [String], message: String) async throws {
    let result = try await Command.run(["train"] + options + data, in: folder)
    #expect(result.status != 0 && result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
  }
}
