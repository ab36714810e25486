import Foundation
import TestSupport
import Testing

@Suite("Models that know their data")
struct ModelDataCommandTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func train(_ options: [String]) async throws {
    try await Command.succeed(
      ["--epochs", "2", "--hidden", "8", "--batch-size", "50", "--quiet"] + options, in: folder)
  }

  private func evaluate(
    _ options: [String], environment: [String: String] = [:]
  ) async throws -> CommandResult {
    try await Command.run(["evaluate"] + options, environment: environment, in: folder)
  }

  /// The small data set under other noise, in the same shape and classes.
  private func writeOther(to name: String) throws {
    var other = SmallDataset()
    for (file, first) in [(SmallDataset.trainingImages, 16), (SmallDataset.testImages, 16)] {
      let bytes = try #require(other.files[file])
      other.files[file] = Array(bytes[..<first] + bytes[first...].map { $0 ^ 1 })
    }
    try other.write(to: name, in: folder)
  }

  /// The strings in a file's metadata.
  private func metadata(_ name: String) throws -> [String: String] {
    let bytes = try folder.bytes(name)
    let count = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONObject(String(decoding: bytes[8..<8 + count], as: UTF8.self))
    return try #require(header["__metadata__"] as? [String: String])
  }

  /// The file without its metadata, as another program's.
  private func stripMetadata(_ name: String, to other: String) throws {
    let bytes = try folder.bytes(name)
    let count = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + count])) as? [String: Any])
    header["__metadata__"] = nil
    let json = [UInt8](try JSONSerialization.data(withJSONObject: header))
    let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    try folder.write(length + json + bytes[(8 + count)...], to: other)
  }

  @Test("every model file of a run describes its data, and no path or time")
  func written() async throws {
    try await train([
      "--data", "small", "--validation", "100", "--output", "run", "--save", "saved",
      "--save-init", "first",
    ])
    let model = try metadata("run/model.safetensors")
    for name in ["run/best.safetensors", "saved", "first"] {
      #expect(try metadata(name)["dataset"] == model["dataset"])
    }
    let dataset = try JSONObject(try #require(model["dataset"]))
    #expect(dataset["name"] as? String == "small")
    #expect(dataset["rows"] as? Int == SmallDataset.side)
    let record = try JSONObject(folder.text("run/config.json"))
    let recorded = try #require(record["dataset"] as? [String: Any])
    #expect(dataset["sha256"] as? [String: String] == recorded["sha256"] as? [String: String])
    #expect(model["input_scale"] == "1/255")

    try FileManager.default.createDirectory(
      atPath: folder.path("elsewhere"), withIntermediateDirectories: true)
    try SmallDataset().write(to: "elsewhere/small", in: folder)
    try await train(["--data", "elsewhere/small", "--validation", "100", "--save", "again"])
    #expect(try folder.bytes("again") == folder.bytes("saved"))
  }

  @Test("evaluation takes the data of the run whose directory is named")
  func runDirectory() async throws {
    try await train(["--data", "small", "--output", "run"])
    for model in ["run", "run/model.safetensors"] {
      let result = try await evaluate(["--model", model])
      #expect(result.status == 0)
      #expect(result.errors == "Data set small from \(data)\n")
      let json = try JSONObject(await evaluate(["--model", model, "--json"]).output)
      let csv = try folder.text("run/metrics.csv").split(separator: "\n")
      #expect(csv.last?.contains("\(try #require(json["accuracy"] as? Double))") == true)
    }
  }

  @Test("evaluation finds a model's data by name, and says which is missing")
  func byName() async throws {
    try await train(["--data", "small", "--save", "model"])
    let missing = try await evaluate(["--model", "model"])
    #expect(missing.status == 66)
    #expect(missing.output.isEmpty)
    #expect(
      missing.errors.contains(
        "model: the model was trained on the data set small, which cannot be found"))
    #expect(missing.errors.contains("--data"))
    let found = try await evaluate(
      ["--model", "model"], environment: ["TRAINER_DATA": folder.path("")])
    #expect(found.status == 0)
    #expect(found.errors.contains("Data set small from"))
  }

  @Test("evaluation on other data of the same shape is warned about, with JSON too")
  func otherData() async throws {
    try await train(["--data", "small", "--save", "model"])
    try writeOther(to: "other")
    for options in [[], ["--json"]] {
      let result = try await evaluate(["--model", "model", "--data", "other"] + options)
      #expect(result.status == 0)
      #expect(result.errors.contains("trainer: warning: model was trained on the data set small"))
      #expect(result.errors.contains("other in other; the SHA-256 differs for t10k-images"))
      #expect(result.output.contains("accuracy"))
      let same = try await evaluate(["--model", "model", "--data", "small"] + options)
      #expect(!same.errors.contains("warning"))
    }
  }

  @Test("a model that does not say what it was trained on is evaluated with a warning")
  func unknownData() async throws {
    // With the default data set's name, where the default is looked for.
    try await train(["--data", "small", "--dataset", "mnist", "--save", "model"])
    try stripMetadata("model", to: "plain")
    try SmallDataset().write(to: "mnist", in: folder)
    let environment = ["TRAINER_DATA": folder.path("")]
    let result = try await evaluate(["--model", "plain"], environment: environment)
    #expect(result.status == 0)
    #expect(
      result.errors.contains(
        "trainer: warning: plain does not record its data set"))
    let chosen = try await evaluate(
      ["--model", "plain", "--dataset", "MNIST"], environment: environment)
    #expect(chosen.status == 0)
    #expect(!chosen.errors.contains("warning"))
    #expect(chosen.output == result.output)
  }

  @Test("a checkpoint is no model, and the error says where its run's model is")
  func checkpoint() async throws {
    try await train(["--data", "small", "--output", "run"])
    let name = try #require(try folder.names(in: "run/checkpoints").last)
    let path = "run/checkpoints/\(name)"
    for command in [
      ["evaluate", "--model", path], ["predict", "--model", path],
      ["--data", "small", "--hidden", "8", "--init", path],
    ] {
      let result = try await Command.run(command, in: folder)
      #expect(result.status == 65)
      #expect(
        result.errors.contains(
          "trainer: error: \(path): found a checkpoint of a run, expected a model."),
        "\(result.errors)")
      #expect(result.errors.contains("the run's directory, run;"), "\(result.errors)")
      #expect(result.errors.contains("trainer --output run --resume"), "\(result.errors)")
      #expect(!result.errors.contains("warning"), "\(result.errors)")
    }
  }

  @Test("training starts from the model in a run directory")
  func initialDirectory() async throws {
    try await train(["--data", "small", "--output", "run"])
    try await train(["--data", "small", "--init", "run", "--save", "one"])
    try await train(["--data", "small", "--init", "run/model.safetensors", "--save", "other"])
    #expect(try folder.bytes("one") == folder.bytes("other"))
  }

  @Test("prediction takes a run directory, and a directory without a model is an error")
  func predict() async throws {
    try await train(["--data", "small", "--output", "run"])
    let images = "small/\(SmallDataset.testImages)"
    let result = try await Command.run(["predict", "--model", "run", images], in: folder)
    #expect(result.status == 0)
    #expect(result.lines.count == SmallDataset.testCount)
    let none = try await Command.run(["predict", "--model", "small", images], in: folder)
    #expect(none.status == 66)
    #expect(none.errors.contains("small: found a directory without model.safetensors"))
  }

  @Test(
    "a model of Fashion-MNIST knows its classes' names",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/datasets/fashion-mnist")))
  func classNames() async throws {
    try await Command.succeed(
      [
        "--dataset", "Fashion-MNIST", "--steps", "20", "--hidden", "8", "--quiet", "--save",
        "model",
      ], in: folder)
    let evaluation = try await evaluate(["--model", "model"])
    #expect(evaluation.status == 0)
    #expect(evaluation.output.contains("    9  Ankle boot "))
    #expect(evaluation.lines.allSatisfy { $0.count <= 80 })
    try folder.write(
      Array("P5 28 28 255\n".utf8) + [UInt8](repeating: 0, count: 784), to: "black.pgm")
    let json = try await Command.run(
      ["predict", "--model", "model", "--json", "black.pgm"], in: folder)
    let line = try JSONObject(json.output)
    let names = [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ]
    let predicted = try #require(line["class"] as? Int)
    #expect(line["label"] as? String == names[predicted])
    let text = try await Command.run(["predict", "--model", "model", "black.pgm"], in: folder)
    #expect(text.output.hasPrefix("black.pgm\t\(names[predicted])\t"))
  }
}
