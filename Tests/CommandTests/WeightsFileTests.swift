import Foundation
import Model
import TestSupport
import Testing

@Suite("Weights files")
struct WeightsFileTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.run(
      ["--data", data, "--epochs", "2", "--threads", "2", "--quiet"] + options, in: folder)
  }

  @Test("a run from saved start weights ends like the run that saved them")
  func saveInit() async throws {
    let first = try await train(["--save-init", "start"])
    let second = try await train(["--init", "start"])
    #expect(first.status == 0 && second.status == 0)
    #expect(first.digest != nil)
    #expect(first.digest == second.digest)
    // Every random number but the start weights comes from the seed all the same.
    #expect(try await train(["--init", "start", "--seed", "1"]).digest != first.digest)
  }

  @Test("training goes on from saved weights, and may replace them")
  func resume() async throws {
    let first = try await train(["--save", "model"])
    let before = try folder.bytes("model")
    let second = try await train(["--init", "model", "--save", "model"])
    #expect(first.status == 0 && second.status == 0)
    #expect(first.digest != second.digest)
    #expect(try folder.bytes("model") != before)
  }

  @Test("the same run writes the same bytes for every number of threads")
  func bytes() async throws {
    _ = try await train(["--save", "one", "--threads", "1"])
    _ = try await train(["--save", "three", "--threads", "3"])
    #expect(try folder.bytes("one") == folder.bytes("three"))
  }

  @Test(
    "weights of another network name the first tensor that differs",
    arguments: [
      ("--hidden 512,128", "dense2.weight"), ("--hidden 100,256", "dense1.weight"),
      ("--no-batch-norm", "dense1.bias"), ("--hidden 512", "dense2.weight"),
      ("--hidden 512,256,4", "batchnorm3.gamma"),
    ])
  func otherNetwork(_ options: String, tensor: String) async throws {
    _ = try await train(["--save-init", "start"])
    let result = try await train(
      ["--init", "start", "--save", "new", "--metrics", "metrics"]
        + options.split(separator: " ").map(String.init))
    #expect(result.status == 65)
    #expect(result.errors.contains("start: tensor `\(tensor)`"), "\(result.errors)")
    #expect(!folder.exists("new") && !folder.exists("metrics"))
  }

  @Test("a file of this trainer's whose header has changed is refused as damaged")
  func changedHeader() async throws {
    _ = try await train(["--save-init", "start", "--hidden", "none", "--no-batch-norm"])
    var bytes = try folder.bytes("start")
    let name = Array("dense1.bias".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
    bytes.replaceSubrange(place..<place + name.count, with: Array("dense9.bias".utf8))
    try folder.write(bytes, to: "start")
    let result = try await train(["--init", "start", "--hidden", "none", "--no-batch-norm"])
    #expect(result.status == 65)
    #expect(result.errors.contains("start: metadata `content_sha256`"), "\(result.errors)")
  }

  @Test("initial weights that are not finite are refused, and named")
  func notFinite() async throws {
    try SafetensorsFile.write(
      path: folder.path("start"),
      tensors: [
        SafetensorsTensor(
          name: "dense1.weight", shape: [64, 4],
          floats: [.nan] + [Float](repeating: 0, count: 255)),
        SafetensorsTensor(name: "dense1.bias", shape: [4], floats: [0, 0, 0, 0]),
      ])
    let result = try await train(["--init", "start", "--model", "none"])
    #expect(result.status == 65)
    #expect(
      result.errors.contains(
        "start: tensor `dense1.weight`: found nan as value 0, expected finite numbers"),
      "\(result.errors)")
  }

  @Test("a file that is missing, a directory or damaged is refused with its own code")
  func badFile() async throws {
    let missing = try await train(["--init", "none"])
    #expect(missing.status == 66)
    #expect(missing.errors.contains("none: cannot be read: No such file or directory"))
    let directory = try await train(["--init", "small"])
    #expect(directory.status == 66)
    #expect(directory.errors.contains("small: found a directory without model.safetensors"))
    _ = try await train(["--save", "model"])
    let bytes = try folder.bytes("model")
    for count in [0, 7, 8, 100, bytes.count - 1] {
      try folder.write(Array(bytes[..<count]), to: "cut")
      let result = try await train(["--init", "cut"])
      #expect(result.status == 65)
      #expect(result.errors.contains("trainer: error: cut: "))
    }
  }

  @Test("a run that diverges names the step and leaves a good file as it was")
  func divergence() async throws {
    _ = try await train(["--save", "model"])
    let before = try folder.bytes("model")
    let result = try await train(
      ["--lr", "1e30", "--save", "model", "--metrics", "metrics", "--epochs", "5"])
    #expect(result.status == 70)
    #expect(result.errors.contains(#/step \d+ is not a finite number/#))
    #expect(result.errors.contains("--learning-rate"))
    #expect(result.digest == nil)
    #expect(try folder.bytes("model") == before)
    #expect(try JSONObject.lines(folder.text("metrics")).first?.event == "start")
    #expect(try !folder.text("metrics").contains("weights_digest"))
  }

  @Test("a run whose last step diverges is no success either")
  func lastStep() async throws {
    let result = try await train(["--optimizer", "sgd", "--lr", "1e38", "--steps", "1"])
    #expect(result.status == 70)
    #expect(result.errors.contains("not a finite number"))
    #expect(result.digest == nil)
  }
}
