import Foundation
import TestSupport
import Testing

@Suite("Evaluation of a saved model")
struct EvaluateTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func train(_ options: [String]) async throws -> JSONObject {
    try await Command.succeed(
      [
        "--data", data, "--epochs", "4", "--threads", "2", "--quiet", "--save", "model",
        "--metrics", "metrics",
      ] + options, in: folder)
    let lines = try JSONObject.lines(folder.text("metrics"))
    return try #require(lines.last { $0.event == "epoch" })
  }

  private func evaluate(_ options: [String]) async throws -> CommandResult {
    try await Command.run(
      ["evaluate", "--model", "model", "--data", data] + options, in: folder)
  }

  @Test(
    "it finds the loss and accuracy that training ended with, on any number of threads",
    arguments: [
      "", "--dropout-mode vanilla", "--no-batch-norm", "--hidden none",
      "--hidden 30 --shard-size 7", "--engine openblas",
    ])
  func agreesWithTraining(_ options: String) async throws {
    let words = options.split(separator: " ").map(String.init)
    let epoch = try await train(words)
    for threads in ["1", "2", "7"] {
      let result = try await evaluate(["--json", "--threads", threads])
      #expect(result.status == 0)
      let json = try JSONObject(result.output)
      #expect(json["loss"] as? Double == epoch["test_loss"] as? Double)
      #expect(json["accuracy"] as? Double == epoch["test_accuracy"] as? Double)
    }
  }

  @Test("the confusion matrix counts every sample, and gives the accuracies")
  func confusionMatrix() async throws {
    _ = try await train([])
    let json = try JSONObject(await evaluate(["--json"]).output)
    let matrix = try #require(json["confusion_matrix"] as? [[Int]])
    let labels = try #require(SmallDataset().files[SmallDataset.testLabels]).dropFirst(8)
    #expect(json["samples"] as? Int == SmallDataset.testCount)
    for label in 0..<SmallDataset.classCount {
      #expect(matrix[label].reduce(0, +) == labels.filter { $0 == label }.count)
    }
    let right = matrix.indices.map { matrix[$0][$0] }
    #expect(
      json["accuracy"] as? Double == Double(right.reduce(0, +)) / Double(SmallDataset.testCount))
    let accuracies = try #require(json["class_accuracy"] as? [Double])
    #expect(
      accuracies == matrix.indices.map { Double(right[$0]) / Double(matrix[$0].reduce(0, +)) })
  }

  @Test("its JSON names the data set, and either engine evaluates a model of the other")
  func engines() async throws {
    _ = try await train([])
    var losses: Set<Double> = []
    for engine in ["native", "openblas"] {
      let result = try await evaluate(["--json", "--engine", engine, "--threads", "3"])
      #expect(result.status == 0, "\(result.errors)")
      let json = try JSONObject(result.output)
      #expect(json["dataset"] as? String == "small")
      #expect(json["samples"] as? Int == SmallDataset.testCount)
      losses.insert(try #require(json["loss"] as? Double))
    }
    let (least, greatest) = (try #require(losses.min()), try #require(losses.max()))
    #expect(greatest / least < 1.0001)
  }

  @Test("the text has the same numbers")
  func text() async throws {
    _ = try await train([])
    let json = try JSONObject(await evaluate(["--json"]).output)
    let text = try await evaluate([])
    #expect(text.status == 0)
    let accuracy = try #require(json["accuracy"] as? Double)
    #expect(text.output.contains(String(format: "accuracy %.2f %% of 200 samples", accuracy * 100)))
    let matrix = try #require(json["confusion_matrix"] as? [[Int]])
    let rows = text.lines.suffix(SmallDataset.classCount).map { line in
      line.split(separator: " ").suffix(SmallDataset.classCount).compactMap { Int($0) }
    }
    #expect(rows == matrix)
  }

  @Test("several models and views are averaged, as text and JSON say")
  func ensemble() async throws {
    _ = try await train([])
    try await Command.succeed(
      ["--data", data, "--epochs", "2", "--seed", "1", "--quiet", "--save", "other"], in: folder)
    let options = ["--model", "other", "--tta", "shift 1"]
    let json = try JSONObject(await evaluate(options + ["--json"]).output)
    let models = try #require(json["models"] as? [[String: Any]])
    #expect(models.map { $0["model"] as? String } == ["model", "other"])
    #expect(json["views"] as? Int == 9)
    let accuracy = try #require(json["accuracy"] as? Double)
    let agreement = try #require(json["agreement"] as? Double)
    let text = try await evaluate(options).output
    #expect(
      text.contains(
        String(format: "accuracy %.2f %% of 200 samples, by the mean of 9", accuracy * 100)))
    #expect(text.contains(String(format: "same class for %.2f %% of", agreement * 100)))
    let images = "small/" + SmallDataset.testImages
    let predicted = try await Command.run(
      ["predict", "--model", "model"] + options + [images], in: folder)
    #expect(predicted.status == 0, "\(predicted.errors)")
    let fields = predicted.lines.map { $0.split(separator: "\t") }
    let agreed = fields.count { $0.last == "2/2" }
    #expect(Double(agreed) / Double(SmallDataset.testCount) == agreement)
    let labels = try #require(SmallDataset().files[SmallDataset.testLabels]).dropFirst(8)
    let right = zip(fields, labels).count { $0[1] == "\($1)" }
    #expect(Double(right) / Double(SmallDataset.testCount) == accuracy)
  }

  @Test("views that cannot be read are a usage error that marks the place")
  func badViews() async throws {
    _ = try await train([])
    let result = try await evaluate(["--tta", "shift 1, zoom 2"])
    #expect(result.status == 64)
    #expect(result.errors.contains("--tta is not a list of transforms"))
    let random = try await evaluate(["--tta", "erase 0.5"])
    #expect(random.status == 64)
    #expect(random.errors.contains("--tta is erase 0.5"))
  }

  @Test("JSON stands alone on standard output and standard error is silent")
  func jsonAlone() async throws {
    _ = try await train([])
    #expect(try await evaluate(["--json"]).errors.isEmpty)
  }

  @Test("a model for other images or classes is refused with both numbers")
  func otherData() async throws {
    _ = try await train([])
    var wide = SmallDataset()
    for (name, count) in [
      (SmallDataset.trainingImages, SmallDataset.trainingCount),
      (SmallDataset.testImages, SmallDataset.testCount),
    ] {
      let pixels = try #require(wide.files[name]).dropFirst(16)
      wide.files[name] =
        SmallDataset.imageHeader(count: count, rows: 4, columns: 8) + pixels.prefix(count * 32)
    }
    try wide.write(to: "wide", in: folder)
    let images = try await Command.run(
      ["evaluate", "--model", "model", "--data", "wide"], in: folder)
    #expect(images.status == 65)
    #expect(images.errors.contains("images of 8 x 8 pixels"))
    #expect(images.errors.contains("have 4 x 8 pixels"))
  }

  @Test("a damaged description of the network is refused before memory is taken for it")
  func hugeNetwork() async throws {
    _ = try await train(["--hidden", "10"])
    let good = try folder.bytes("model")
    for (old, new) in [
      ("dense 10 ", "dense 9 "), ("dense 10 ", "dense -1 "), ("[8,8,1]", "[0,8,1]"),
    ] {
      // Same length: the header's own length stays right.
      let text = Array(old.utf8)
      let place = try #require(good.indices.first { good[$0...].starts(with: text) }, "\(old)")
      var bytes = good
      let padded = new.padding(toLength: text.count, withPad: " ", startingAt: 0)
      bytes.replaceSubrange(place..<place + text.count, with: Array(padded.utf8))
      try folder.write(bytes, to: "model")
      let result = try await evaluate([])
      #expect(result.status == 65)
      #expect(result.errors.contains("trainer: error: model: "))
    }
  }

  @Test("a model's file may have a name of one letter")
  func shortName() async throws {
    try await Command.succeed(
      ["--data", data, "--steps", "1", "--hidden", "8", "--save", "m"], in: folder)
    try await Command.succeed(["evaluate", "--model", "m", "--data", data], in: folder)
  }

  @Test("a model is required, and a missing one is reported")
  func missingModel() async throws {
    let none = try await Command.run(["evaluate", "--data", data], in: folder)
    #expect(none.status == 64)
    #expect(none.errors.contains("--model"))
    let missing = try await evaluate([])
    #expect(missing.status == 66)
    #expect(missing.errors.contains("model: cannot be read: No such file or directory"))
  }
}
