import Foundation
import TestSupport
import Testing

@Suite("A comparison of models by command")
struct CompareCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  /// Trains a model of few steps, which makes mistakes.
  private func train(_ name: String, _ options: [String] = [], data: String = "small") async throws
  {
    try await Command.succeed(
      ["--data", data, "--hidden", "4", "--epochs", "1", "--quiet", "--threads", "2"]
        + ["--lr", "0.01", "--batch-size", "150", "--output", name] + options, in: folder)
  }

  private func compare(_ arguments: String) async throws -> CommandResult {
    try await Command.run(
      ["compare"] + arguments.split(separator: " ").map(String.init), in: folder)
  }

  /// The labels of the test images, and the classes that a model predicts for them.
  private func isCorrect(_ name: String) async throws -> [Bool] {
    let labels = try #require(SmallDataset().files[SmallDataset.testLabels]).dropFirst(8)
    let result = try await Command.succeed(
      ["predict", "--model", name, "--json", "small/\(SmallDataset.testImages)"], in: folder)
    return zip(try JSONObject.lines(result.output), labels).map { line, label in
      line["class"] as? Int == Int(label)
    }
  }

  @Test("two models are compared by their predictions on the test set of their data set")
  func pair() async throws {
    try await train("a", ["--seed", "1"])
    try await train("b", ["--seed", "2", "--epochs", "2"])
    let (first, second) = (try await isCorrect("a"), try await isCorrect("b"))
    func count(_ one: Bool, _ other: Bool) -> Int {
      zip(first, second).count { $0 == (one, other) }
    }
    #expect(first.count == 200 && count(true, false) != count(false, true))
    let result = try await compare("--json a -- b/model.safetensors")
    #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    let json = try JSONObject(result.output)
    #expect(json["test"] as? String == "mcnemar" && json["dataset"] as? String == "small")
    #expect(json["samples"] as? Int == 200)
    #expect(json["both_correct"] as? Int == count(true, true))
    #expect(json["only_first"] as? Int == count(true, false))
    #expect(json["only_second"] as? Int == count(false, true))
    #expect(json["both_wrong"] as? Int == count(false, false))
    let difference = try #require(json["difference"] as? Double)
    #expect(abs(difference - Double(count(true, false) - count(false, true)) / 200) < 1e-12)
    let p = try #require(json["p"] as? Double)

    for threads in ["1", "3"] {
      let text = try await compare("--threads \(threads) a -- b")
      #expect(text.status == 0)
      #expect(text.output.contains("test: exact McNemar test\n"))
      #expect(
        text.lines.contains {
          $0.wholeMatch(of: #/A correct +(\d+) +(\d+)/#)?.output.2 == "\(count(true, false))"
        })
      #expect(text.output.contains("p = \(String(format: "%.3g", p)): if both models"))
    }
    // The same figures the other way round.
    let reverse = try JSONObject(try await compare("--json b -- a").output)
    #expect(reverse["p"] as? Double == p)
    #expect(reverse["only_first"] as? Int == count(false, true))
    #expect(reverse["difference"] as? Double == -difference)
  }

  @Test("groups of runs are compared by their last epochs' accuracies")
  func groups() async throws {
    for seed in 1...3 {
      try await train("a\(seed)", ["--seed", "\(seed)"])
      try await train("b\(seed)", ["--seed", "\(seed)", "--epochs", "3"])
    }
    let json = try JSONObject(try await compare("--json a1 a2 a3 -- b1 b2 b3").output)
    #expect(json["test"] as? String == "permutation")
    #expect(json["divisions"] as? Int == 20 && json["exact"] as? Bool == true)
    let extreme = try #require(json["extreme"] as? Int)
    #expect(json["p"] as? Double == Double(extreme) / 20)
    #expect(json["smallest_p"] as? Double == 0.1)
    var means: [Double] = []
    for key in ["first", "second"] {
      let group = try #require(json[key] as? [String: Any])
      let models = try #require(group["models"] as? [[String: Any]])
      var accuracies: [Double] = []
      for model in models {
        let path = try #require(model["path"] as? String)
        let lines = try JSONObject.lines(folder.text("\(path)/metrics.jsonl"))
        let end = try #require(lines.last { $0.event == "end" })
        #expect(model["accuracy"] as? Double == end["test_accuracy"] as? Double)
        accuracies.append(try #require(model["accuracy"] as? Double))
      }
      let summary = try #require(group["accuracy"] as? [String: Any])
      means.append(try #require(summary["mean"] as? Double))
      #expect(accuracies.count == 3)
      #expect(abs(means[means.count - 1] - accuracies.reduce(0, +) / 3) < 1e-12)
    }
    let difference = try #require(json["difference"] as? Double)
    #expect(abs(difference - (means[0] - means[1])) < 1e-12)
    let text = try await compare("a1 a2 a3 -- b1 b2 b3")
    #expect(text.output.contains("test: permutation test, all 20 divisions of the runs\n"))
    let words = text.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("The smallest p that groups of 3 and 3 runs can give is 0.1: a p below"))
  }

  @Test("models of different test sets are compared on one that is given, and not otherwise")
  func otherData() async throws {
    var other = SmallDataset()
    let labels = try #require(other.files[SmallDataset.testLabels])
    other.files[SmallDataset.testLabels] =
      labels.prefix(8) + labels.dropFirst(8).map { ($0 + 1) % 4 }
    try other.write(to: "other", in: folder)
    try await train("a")
    try await train("b", data: "other")
    let refused = try await compare("a -- b")
    #expect(refused.status == 64)
    #expect(
      refused.errors.contains(
        "a and b have different test sets, of the data sets small and other; to compare them on "
          + "one, give it with --data or --dataset"), "\(refused.errors)")
    let given = try await compare("--data small --json a -- b")
    #expect(given.status == 0)
    #expect(given.errors.contains("b/model.safetensors was trained on the data set other"))
    // The training sets are the same, and so are the models.
    #expect(try JSONObject(given.output)["p"] as? Double == 1)
  }

  @Test("a model that is in a group twice is no further evidence")
  func copies() async throws {
    try await train("a")
    try await train("b", ["--seed", "1"])
    try await train("again", ["--threads", "1"])
    for (arguments, path) in [
      ("a a/../a -- b", "a/../a"), ("a -- b a/model.safetensors", "a/model.safetensors"),
    ] {
      let twice = try await compare(arguments)
      #expect(twice.status == 64)
      #expect(twice.errors.contains("\(path) is given twice; each model counts once"))
    }
    for command in ["predict", "evaluate"] {
      let twice = try await Command.run(
        [command, "--model", "a", "--model", "b", "--model", "a/model.safetensors"], in: folder)
      #expect(twice.status == 64)
      #expect(
        twice.errors.contains("--model a/model.safetensors is given twice; each model counts once"),
        "\(twice.errors)")
    }
    let copy = try await compare("a again -- b")
    #expect(copy.status == 0)
    #expect(copy.errors.contains("warning: again is the same model as a"), "\(copy.errors)")
  }

  @Test(
    "groups that are not two are refused",
    arguments: [
      ("a", 64, "two groups are needed, with -- between them: trainer compare A ... -- B ..."),
      ("a --", 64, "two groups are needed"), ("-- a", 64, "two groups are needed"),
      ("", 64, "Missing expected argument"),
      (
        "a -- b --json", 64, "found --json after --, where models are expected; options come before"
      ),
      ("--sed 1 a -- b", 64, "unknown option '--sed'; did you mean '--seed'?"),
      ("--threads 0 a -- b", 64, "--threads is 0; it must be from 1 to 240"),
      ("nowhere -- b", 66, "nowhere: cannot be read"),
      ("small -- b", 66, "without model.safetensors"),
    ])
  func refused(arguments: String, status: Int32, words: String) async throws {
    let result = try await compare(arguments)
    #expect(result.status == status)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
