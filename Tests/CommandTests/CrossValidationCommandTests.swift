import Foundation
import TestSupport
import Testing

@Suite("Cross-validation by command")
struct CrossValidationCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private static let options = ["--data", "small", "--hidden", "8", "--epochs", "2"]

  @Test("is recorded and shown, and a run is resumed with its fold alone, with the same bits")
  func recorded() async throws {
    let fold = ["--fold", "2/3", "--stratify"]
    let run = try await Command.succeed(
      ["--data", "small", "--hidden", "8", "--epochs", "1", "--output", "run"] + fold, in: folder)
    #expect(run.output.contains("with: fold 2/3, stratify true\n"))
    #expect((run.output + run.errors).contains("val loss"))
    let record = try JSONObject(folder.text("run/config.json"))
    let settings = try #require(record["settings"] as? [String: Any])
    #expect(settings["fold"] as? String == "2/3" && settings["stratify"] as? Bool == true)

    for (option, words) in [
      (["--fold", "1/3"], "--fold is 1/3, but"),
      (["--no-stratify"], "--stratify is false, but"),
      (["--seed", "9"], "--seed is 9, but"),
    ] {
      let other = try await Command.run(["--output", "run", "--resume"] + option, in: folder)
      #expect(other.status == 64 && other.errors.contains(words), "\(other.errors)")
    }
    let resumed = try await Command.succeed(
      ["--output", "run", "--resume", "--epochs", "2", "--quiet", "--threads", "3"], in: folder)
    let unbroken = try await Command.succeed(
      Self.options + ["--quiet", "--threads", "1"] + fold, in: folder)
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
  }

  @Test("is a key of configuration files, and printed as one")
  func configuration() async throws {
    try folder.write(
      Array("fold: 1/5\nstratify: true\nearly-stopping: 1\nhidden: [8]\n".utf8), to: "a.yaml")
    let first = try await Command.succeed(["config", "--config", "a.yaml"], in: folder)
    #expect(first.lines.contains("fold: 1/5") && first.lines.contains("stratify: true"))
    try folder.write(Array(first.output.utf8), to: "b.yaml")
    let second = try await Command.succeed(["config", "--config", "b.yaml"], in: folder)
    #expect(second.output == first.output)

    try folder.write(Array("epochs: 1\nfold: 7/5\n".utf8), to: "wrong.yaml")
    let wrong = try await Command.run(["config", "--config", "wrong.yaml"], in: folder)
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("wrong.yaml: line 2: --fold is not a part of cross-validation"))
    #expect(wrong.errors.contains("found `7`, expected the number of a fold, from 1 to 5"))
  }

  @Test("leaves runs without it as they were")
  func plain() async throws {
    let digests = try await [
      [], ["--no-stratify"], ["--validation", "60"], ["--validation", "60", "--no-stratify"],
      ["--validation", "60", "--stratify"], ["--fold", "1/10"],
    ].asyncMap { options in
      try await Command.succeed(Self.options + ["--quiet"] + options, in: folder).digest
    }
    #expect(digests[0] == digests[1] && digests[2] == digests[3])
    #expect(Set(digests).count == 4 && !digests.contains(nil))
  }

  @Test("of all folds is summarized by the mean of their validation accuracies")
  func summary() async throws {
    for number in 1...3 {
      try await Command.succeed(
        Self.options + ["--quiet", "--fold", "\(number)/3", "--output", "runs/\(number)"],
        in: folder)
    }
    let result = try await Command.succeed(
      ["runs", "runs", "--group-by", "model", "--json"], in: folder)
    let groups = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(groups.count == 1)
    let summary = try #require(groups[0]["validation_accuracy"] as? [String: Any])
    var accuracies: [Double] = []
    for number in 1...3 {
      let lines = try JSONObject.lines(folder.text("runs/\(number)/metrics.jsonl"))
      let epoch = try #require(lines.last { $0.event == "epoch" })
      accuracies.append(try #require(epoch["validation_accuracy"] as? Double))
    }
    let mean = try #require(summary["mean"] as? Double)
    #expect(abs(mean - accuracies.reduce(0, +) / 3) < 1e-12)
    #expect(summary["count"] as? Int == 3)
    #expect(summary["minimum"] as? Double == accuracies.min())
    #expect(summary["maximum"] as? Double == accuracies.max())
    #expect(groups[0]["differing"] as? [String] == [])
  }
}

extension Array {
  /// The results of a closure for each element, one after the other.
  fileprivate func asyncMap<Result>(
    _ transform: (Element) async throws -> Result
  ) async throws -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try await transform(element)) }
    return results
  }
}
