import Foundation
import TestSupport
import Testing

@Suite("The command lr-find")
struct LRFindCommandTests {
  private let folder: TemporaryFolder
  private let options = [
    "lr-find", "--data", "small", "--hidden", "16", "--batch-size", "100", "--steps", "60",
  ]

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  @Test("prints a curve and a suggestion, or JSON with the same bits for any number of threads")
  func output() async throws {
    let text = try await Command.succeed(options + ["--threads", "2"], in: folder)
    #expect(text.lines.last?.hasPrefix("suggestion ") == true, "\(text.output)")
    let json = try await Command.succeed(
      options + ["--threads", "1", "--json", "--output", "page.html"], in: folder)
    #expect(json.errors.isEmpty)
    let other = try await Command.succeed(options + ["--threads", "3", "--json"], in: folder)
    #expect(other.output == json.output)
    let object = try JSONObject(json.output)
    // 600 samples: six steps an epoch.
    let points = try #require(object["points"] as? [[String: Any]])
    #expect(points.count > 12 && points.count <= 60)
    #expect(points[0]["learning_rate"] as? Double == 1e-6)
    let suggestion = try #require(object["suggestion"] as? Double)
    #expect((1e-6...10).contains(suggestion))
    #expect(try folder.text("page.html").contains("Suggested learning rate"))
    #expect(try Set(folder.names()).filter { $0.hasPrefix(".trainer") }.isEmpty)
  }

  @Test(
    "refuses options that make no sense, before anything is written",
    arguments: [
      (["--from", "1", "--to", "0.1"], "--to is 0.1; it must be larger than 1"),
      (["--from", "0"], "--from is 0.0; it must be"),
      (["--steps", "3"], "--steps is 3; it must be from 20"),
      (["--learning-rate", "1"], "--learning-rate has no meaning for lr-find"),
      (["--ema", "0.9"], "--ema has no meaning for lr-find, which uses no average of the weights"),
      (["--average-from", "2"], "--average-from has no meaning for lr-find"),
      (["--average-statistics", "3"], "--average-statistics has no meaning for lr-find"),
      (["--output", ""], "--output has an empty value"),
      (["--output", "other/config.json"], "a file of the run in"),
      (["--init", "page", "--output", "page"], "--init and --output are the same file, page"),
      (["--config", "page", "--output", "page"], "--config and --output are the same file, page"),
      (["--epochs", "3"], "unknown option '--epochs'"),
    ])
  func usage(more: [String], message: String) async throws {
    try RunFiles(accuracies: [0.9], seconds: 1).write(to: "other", in: folder)
    let before = try folder.bytes("other/config.json")
    try Data("seed: 1\n".utf8).write(to: URL(filePath: folder.path("page")))
    let result = try await Command.run(options + more, in: folder)
    #expect(result.status == 64 && result.output.isEmpty, "\(result.errors)")
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(try folder.bytes("other/config.json") == before)
    #expect(try folder.text("page") == "seed: 1\n")
  }

  @Test("leaves out what has no meaning for it in configuration files and variables")
  func settings() async throws {
    try folder.write(
      Array("lr: 1\nema: 0.9\naverage-from: 2\nsteps: 1\n".utf8), to: "run.yaml")
    let plain = try await Command.succeed(options + ["--json"], in: folder)
    let configured = try await Command.run(
      options + ["--json", "--config", "run.yaml"],
      environment: ["TRAINER_AVERAGE_STATISTICS": "3", "TRAINER_LEARNING_RATE": "1"], in: folder)
    #expect(configured.status == 0, "\(configured.errors)")
    #expect(configured.output == plain.output)
  }

  @Test("needs data and a folder for its page")
  func missing() async throws {
    let data = try await Command.run(["lr-find", "--data", "nowhere"], in: folder)
    #expect(data.status == 66)
    let page = try await Command.run(options + ["--output", "none/page.html"], in: folder)
    #expect(page.status == 74 && page.errors.contains("none/page.html"))
  }
}
