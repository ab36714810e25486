import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A run with a directory")
struct RunDirectoryCommandTests {
  private let run: LongRun
  private var folder: TemporaryFolder { run.folder }

  init() throws {
    run = try LongRun()
  }

  private func train(_ options: [String]) async throws -> CommandResult {
    try await run.twoEpochs(options)
  }

  @Test("leaves settings, figures, checkpoints and the model")
  func files() async throws {
    let result = try await train(["--output", "run", "--seed", "18446744073709551615"])
    try #require(result.status == 0, "\(result.errors)")
    let names = try folder.names(in: "run")
    for name in ["checkpoints", "config.json", "metrics.csv", "metrics.jsonl", "model.safetensors"]
    {
      #expect(names.contains(name))
    }
    let config = try #require(
      try JSONSerialization.jsonObject(with: Data(folder.bytes("run/config.json")))
        as? [String: Any])
    let settings = try #require(config["settings"] as? [String: Any])
    #expect(settings["batch-size"] as? Int == 50)
    #expect(settings["seed"] as? UInt64 == .max)
    let dataset = try #require(config["dataset"] as? [String: Any])
    let digests = try #require(dataset["sha256"] as? [String: String])
    let images = try folder.bytes("small/" + SmallDataset.trainingImages)
    #expect(digests[SmallDataset.trainingImages] == sha256(images))
    #expect(digests.count == 4)
    let lines = try folder.text("run/metrics.csv").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("epoch,step,train_loss,"))
    #expect(lines[2].hasPrefix("2,24,"))
    let evaluated = try await Command.run(
      ["evaluate", "--model", "run/model.safetensors", "--data", run.data, "--json"], in: folder)
    #expect(evaluated.status == 0)
  }

  @Test("that is resumed without a further step keeps no more checkpoints than it should")
  func oldCheckpoints() async throws {
    // Killed between its last checkpoint and the removal of the oldest one, a run leaves one more.
    let first = try await train(["--output", "run", "--checkpoint-every", "6", "--keep", "3"])
    try #require(first.status == 0, "\(first.errors)")
    try #require(try folder.names(in: "run/checkpoints").count == 3)
    try FileManager.default.removeItem(atPath: folder.path("run/report.html"))
    let resumed = try await Command.run(
      ["--output", "run", "--resume", "--quiet", "--keep", "2"], in: folder)
    #expect(resumed.status == 0 && resumed.digest == first.digest, "\(resumed.errors)")
    #expect(
      try folder.names(in: "run/checkpoints").sorted()
        == ["step-000000018.safetensors", "step-000000024.safetensors"])
  }

  /// As the system's tool has it.
  private func sha256(_ bytes: [UInt8]) -> String? {
    do {
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
      process.arguments = [try folder.write(bytes, to: "to-digest")]
      process.standardOutput = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return text.split(separator: " ").first.map(String.init)
    } catch {
      Issue.record(error)
      return nil
    }
  }

  @Test("is not overwritten unless that is asked")
  func overwrite() async throws {
    let first = try await train(["--output", "run"])
    #expect(first.status == 0)
    let before = try folder.bytes("run/model.safetensors")
    let second = try await train(["--output", "run", "--seed", "1"])
    #expect(second.status == 64)
    #expect(second.errors.contains("--resume") && second.errors.contains("--overwrite"))
    #expect(try folder.bytes("run/model.safetensors") == before)
    let third = try await train(["--output", "run", "--seed", "1", "--overwrite"])
    #expect(third.status == 0 && third.digest != first.digest)
    #expect(try folder.bytes("run/model.safetensors") != before)
  }

  @Test(
    "is overwritten whatever is left in it of a run",
    arguments: ["config.json", "metrics.jsonl", "report.html"])
  func overwriteRemains(name: String) async throws {
    try folder.write(Array("{".utf8), to: "run/\(name)")
    let refused = try await train(["--output", "run"])
    #expect(refused.status == 64 && refused.errors.contains("--overwrite"), "\(refused.errors)")
    let result = try await train(["--output", "run", "--overwrite"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try folder.names(in: "run").contains("config.json"))
  }

  @Test("with weights but without a record is refused in every mode, and keeps them")
  func strayWeights() async throws {
    try folder.write([1, 2, 3], to: "run/model.safetensors")
    for mode in [[], ["--overwrite"], ["--resume"]] {
      let refused = try await train(["--output", "run"] + mode)
      #expect(refused.status == 65, "\(refused.errors)")
      #expect(refused.errors.contains("run: found weights, but no config.json of a run"))
    }
    #expect(try folder.names(in: "run") == ["model.safetensors"])
  }

  @Test(
    "resumes only with the same settings",
    arguments: [
      ("--batch-size 60", "--batch-size is 60", "with 50"),
      ("--optimizer sgd", "--optimizer is sgd", "with adam"),
      ("--lr 0.5", "--learning-rate is 0.5", "with 0.001"),
      ("--no-batch-norm", "error: the model is dense 8 relu dropout 0.2", "with dense 8 bn relu"),
      ("--init other", "--init is", "with none"),
    ])
  func mathematics(options: String, found: String, expected: String) async throws {
    _ = try await train(["--output", "run", "--save-init", "other"])
    let result = try await Command.run(
      ["--output", "run", "--resume"] + options.split(separator: " ").map(String.init), in: folder)
    #expect(result.status == 64, "\(result.errors)")
    #expect(result.errors.contains(found) && result.errors.contains(expected), "\(result.errors)")
  }

  @Test("goes on only with the same data")
  func otherData() async throws {
    _ = try await train(["--output", "run"])
    var bytes = try folder.bytes("small/" + SmallDataset.trainingImages)
    bytes[100] ^= 1
    try folder.write(bytes, to: "small/" + SmallDataset.trainingImages)
    let result = try await Command.run(["--output", "run", "--resume"], in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("\(SmallDataset.trainingImages) has the SHA-256"))
  }

  @Test("that does not exist yet is begun by --resume")
  func resumeNothing() async throws {
    let result = try await train(["--output", "new", "--resume"])
    #expect(result.status == 0)
    #expect(result.digest == (try await train([])).digest)
  }

  @Test("takes --resume and --overwrite only with --output, and not both")
  func contradictions() async throws {
    for options in [["--resume"], ["--overwrite"], ["--output", "run", "--resume", "--overwrite"]] {
      let result = try await train(options)
      #expect(result.status == 64)
      #expect(!folder.exists("run"))
    }
  }

  @Test("goes on from its checkpoint where the weights that it began with are gone")
  func initialWeightsGone() async throws {
    _ = try await train(["--save-init", "start", "--seed", "5"])
    let unbroken = try await train(["--init", "start", "--epochs", "3"])
    let begun = try await train(["--init", "start", "--output", "run", "--metrics", "figures"])
    #expect(begun.status == 0, "\(begun.errors)")
    let config = try folder.text("run/config.json")
    #expect(config.contains("\"metrics\" : \"\(folder.path("figures"))\""))
    try FileManager.default.removeItem(atPath: folder.path("start"))
    let resumed = try await Command.run(
      ["--output", "run", "--resume", "--epochs", "3", "--quiet", "--save-init", "late"], in: folder
    )
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(resumed.digest == unbroken.digest && resumed.digest != nil)
    // What it began with is not there to be saved.
    #expect(!folder.exists("late"))
  }

  @Test("writes its files alone", arguments: ["--metrics", "--save", "--profile"])
  func ownFiles(option: String) async throws {
    let name = option == "--save" ? "model.safetensors" : "metrics.jsonl"
    let result = try await train(["--output", "run", option, "./run/../run/" + name])
    #expect(result.status == 64)
    #expect(result.errors.contains("which --output run writes itself"), "\(result.errors)")
    #expect(!folder.exists("run"))
  }

  @Test("that is moved away ends its run, which writes nothing to another of its name")
  func movedAway() async throws {
    let process = try Command.process(
      [
        "--data", run.data, "--epochs", "2147483647", "--hidden", "4", "--output", "run", "--quiet",
      ],
      home: folder)
    async let status = Command.finish(process)
    while !folder.exists("run/metrics.jsonl") { try await Task.sleep(for: .milliseconds(10)) }
    try FileManager.default.moveItem(atPath: folder.path("run"), toPath: folder.path("moved"))
    // The checkpoint under way may be past its check.
    try await Task.sleep(for: .milliseconds(200))
    try folder.write(Array("other".utf8), to: "run/model.safetensors")
    try folder.write(Array("other".utf8), to: "run/checkpoints/other")
    let ended = try await status
    #expect(ended == 74)
    #expect(try folder.names(in: "run") == ["checkpoints", "model.safetensors"])
    #expect(try folder.names(in: "run/checkpoints") == ["other"])
    #expect(try folder.text("run/model.safetensors") == "other")
  }

  @Test("belongs to one process at a time")
  func locked() async throws {
    let process = try Command.process(
      run.arguments(["--output", "run"]), home: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    async let status = Command.finish(process)
    while !folder.exists("run/metrics.jsonl") { try await Task.sleep(for: .milliseconds(5)) }
    // In turn it might wait until the first one has been killed.
    let second = try await Command.run(
      ["--output", "run", "--resume"], in: folder, inTurn: false)
    kill(process.processIdentifier, SIGKILL)
    #expect(second.status == 74)
    #expect(second.errors.contains("in use by another process, \(process.processIdentifier) on"))
    #expect(try await status == -SIGKILL)
    // The lock ended with its process.
    let third = try await run.stopped(by: SIGTERM)
    #expect(third.status == 75, "\(third.output)")
  }

  @Test("whose checkpoints are all damaged is refused every time, until it is to be overwritten")
  func allDamaged() async throws {
    let first = try await train(["--output", "run"])
    for name in try folder.names(in: "run/checkpoints") {
      try folder.write([1, 2, 3], to: "run/checkpoints/" + name)
    }
    for _ in 0..<2 {
      let result = try await Command.run(["--output", "run", "--resume", "--quiet"], in: folder)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errors.contains("--overwrite starts a new run"), "\(result.errors)")
    }
    let anew = try await train(["--output", "run", "--overwrite"])
    #expect(anew.status == 0 && anew.digest == first.digest)
    #expect(try !folder.names(in: "run/checkpoints").contains { $0.hasSuffix(".damaged") })
  }

  @Test("whose newest checkpoint is damaged goes on from the one before, with the same bits")
  func damagedCheckpoint() async throws {
    let first = try await train(["--output", "run"])
    let newest = try #require(try folder.names(in: "run/checkpoints").last)
    var bytes = try folder.bytes("run/checkpoints/" + newest)
    bytes[bytes.count - 5] ^= 4
    try folder.write(bytes, to: "run/checkpoints/" + newest)
    let result = try await Command.run(["--output", "run", "--resume", "--quiet"], in: folder)
    #expect(result.status == 0 && result.digest == first.digest)
    #expect(result.errors.contains("warning") && result.errors.contains(newest))
  }
}
