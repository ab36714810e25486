import Foundation
import TestSupport
import Testing

@Suite("Threads bound to CPUs")
struct PinTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  @discardableResult
  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.succeed(
      ["--data", data, "--epochs", "2", "--batch-size", "100", "--shard-size", "7", "--quiet"]
        + options, in: folder)
  }

  @Test("the weights do not depend on the CPUs of the threads", arguments: ["compact", "spread"])
  func digest(pin: String) async throws {
    let expected = try #require(try await train(["--threads", "1"]).digest)
    for threads in ["1", "2", "3", "8"] {
      #expect(try await train(["--threads", threads, "--pin", pin]).digest == expected)
    }
  }

  @Test("the metrics' start and the run's record say where, and a resumed run may be elsewhere")
  func records() async throws {
    func recorded() throws -> [String?] {
      let config = try JSONObject(folder.text("run/config.json"))
      let start = try #require(try JSONObject.lines(folder.text("run/metrics.jsonl")).first)
      let settings = try #require(config["settings"] as? [String: Any])
      #expect(settings["pin"] == nil)
      return [config["pin"] as? String, start["pin"] as? String]
    }
    try await train(["--output", "run", "--pin", "compact"])
    #expect(try recorded() == ["compact", "compact"])
    try await train(["--output", "run", "--resume", "--epochs", "3", "--pin", "spread"])
    #expect(try recorded() == ["spread", "spread"])
    // As with --threads, what is not given again is not what it was.
    let unbound = try await train(["--output", "run", "--resume", "--epochs", "4"])
    #expect(try recorded() == ["none", "none"])
    #expect(try await train(["--epochs", "4"]).digest == unbound.digest && unbound.digest != nil)
  }

  @Test("a run whose record is older and has no placement goes on")
  func olderRecord() async throws {
    let first = try await train(["--output", "run"])
    let text = try folder.text("run/config.json")
    #expect(text.contains("\"pin\" : \"none\","))
    try folder.write(
      Array(text.replacing("\"pin\" : \"none\",", with: "").utf8), to: "run/config.json")
    #expect(try await train(["--output", "run", "--resume"]).digest == first.digest)
  }

  @Test("more threads than CPUs are warned of, unless they are not bound")
  func tooMany() async throws {
    let bound = try await train(["--threads", "200", "--pin", "spread", "--shard-size", "1"])
    let warnings = bound.errors.split(separator: "\n").filter { $0.contains("--pin spread binds") }
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("binds 200 threads to ") == true)
    let free = try await train(["--threads", "200"])
    #expect(!free.errors.contains("--pin"))
    let one = try await train(["--threads", "1", "--pin", "spread"])
    #expect(one.errors.isEmpty)
  }

  @Test("a configuration file may choose how threads are bound")
  func configuration() async throws {
    try folder.write(Array("pin: spread\n".utf8), to: "config.yaml")
    let config = try await Command.run(["config", "--config", "config.yaml"], in: folder)
    #expect(config.lines.contains("pin: spread"))
    let plain = try await Command.run(["config"], in: folder)
    #expect(plain.lines.contains("pin: none"))
  }
}
