import Foundation
import TestSupport
import Testing

@Suite("The metrics file")
struct MetricsTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func metrics(_ options: [String]) async throws -> (CommandResult, [JSONObject]) {
    let result = try await Command.succeed(
      ["--data", data, "--metrics", "metrics", "--quiet"] + options, in: folder)
    return (result, try JSONObject.lines(folder.text("metrics")))
  }

  @Test("it has a line for the start, each epoch and the end")
  func lines() async throws {
    let (result, lines) = try await metrics(["--epochs", "3", "--threads", "2"])
    #expect(lines.map(\.event) == ["start", "epoch", "epoch", "epoch", "end"])
    #expect(lines[1...3].map { $0["epoch"] as? Int } == [1, 2, 3])
    #expect(lines[1...3].map { $0["step"] as? Int } == [2, 4, 6])
    for name in [
      "train_loss", "train_accuracy", "test_loss", "test_accuracy", "train_seconds",
      "samples_per_second", "learning_rate",
    ] {
      #expect(lines[1...3].allSatisfy { $0[name] is NSNumber }, "\(name)")
    }
    #expect(lines[4]["weights_digest"] as? String == result.digest)
    #expect(lines[4]["step"] as? Int == 6)
    #expect(lines[4]["test_accuracy"] as? Double == lines[3]["test_accuracy"] as? Double)
    #expect(lines[4]["seconds"] as? Double ?? 0 > 0)
  }

  @Test("the start names the whole configuration, the machine, the data and the parameters")
  func start() async throws {
    let (_, lines) = try await metrics([
      "--epochs", "1", "--threads", "3", "--hidden", "20,10", "--dropout", "0.1",
      "--optimizer", "rmsprop", "--lr", "0.01", "--seed", "18446744073709551615",
      "--clip-norm", "2", "--accumulate", "3", "--lr-schedule", "step",
    ])
    let start = lines[0]
    #expect(start["threads"] as? Int == 3)
    #expect(start["batch_size"] as? Int == 512)
    #expect(start["shard_size"] as? Int == 64)
    let model = "dense 20 bn relu dropout 0.1, dense 10 bn relu dropout 0.1"
    #expect(start["model"] as? String == model)
    #expect(start["dropout_mode"] as? String == "inverted")
    #expect(start["shuffle"] as? Bool == true)
    #expect(start["optimizer"] as? String == "rmsprop")
    #expect(
      start["optimizer_settings"] as? [String: Double]
        == ["learning_rate": 0.01, "decay_rate": 0.99, "epsilon": 1e-8, "weight_decay": 0])
    #expect(start["seed"] as? UInt64 == .max)
    let settings = try #require(start["settings"] as? [String: Any])
    #expect(settings["clip-norm"] as? Double == 2)
    #expect(settings["accumulate"] as? Int == 3)
    #expect(settings["lr-schedule"] as? String == "step")
    #expect(settings["lr-gamma"] as? Double == 0.1)
    #expect(settings["model"] as? String == model)
    #expect(start["parameters"] as? Int == 64 * 20 + 40 + 20 * 10 + 20 + 10 * 4 + 4)
    let dataset = try #require(start["dataset"] as? [String: Any])
    #expect(dataset["name"] as? String == "small")
    #expect(dataset["directory"] as? String == data)
    #expect(dataset["training"] as? Int == SmallDataset.trainingCount)
    #expect(dataset["test"] as? Int == SmallDataset.testCount)
    #expect(dataset["classes"] as? Int == SmallDataset.classCount)
    let machine = try #require(start["machine"] as? [String: Any])
    #expect(machine["instruction_set"] is String)
    #expect(machine["openblas"] == nil && start["blas_core"] == nil && start["kernel"] == nil)
  }

  @Test("OpenBLAS and its core are named if it computes")
  func openBLAS() async throws {
    let (_, lines) = try await metrics(["--steps", "1", "--engine", "openblas"])
    let machine = try #require(lines[0]["machine"] as? [String: Any])
    let blas = try #require(machine["openblas"] as? [String: Any])
    let core = try #require(blas["core"] as? String)
    #expect(!core.isEmpty && lines[0]["blas_core"] as? String == core)
    #expect(blas["version"] is String)
  }

  @Test("timing, threads and machine aside, it is the same for every number of threads")
  func threadCount() async throws {
    let (_, one) = try await metrics(["--epochs", "3", "--threads", "1"])
    for threads in ["2", "3", "8"] {
      let (_, other) = try await metrics(["--epochs", "3", "--threads", threads])
      #expect(other.map(\.withoutExecution) == one.map(\.withoutExecution))
    }
  }

  @Test("a full disk ends the run with code 74 and names the file")
  func fullDisk() async throws {
    let result = try await Command.run(
      ["--data", data, "--epochs", "1", "--metrics", "/dev/full"], in: folder)
    #expect(result.status == 74)
    #expect(
      result.errors.contains(
        "trainer: error: /dev/full: cannot be written: No space left on device"))
  }

  @Test("the network learns the small data set")
  func accuracy() async throws {
    let (_, lines) = try await metrics(["--epochs", "15", "--threads", "2"])
    #expect(try #require(lines.last?["test_accuracy"] as? Double) > 0.95)
  }
}
