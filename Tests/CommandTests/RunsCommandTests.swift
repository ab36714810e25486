import Foundation
import TestSupport
import Testing

@Suite("A table of runs")
struct RunsCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (seed, accuracy) in [(1, 0.95), (2, 0.97), (10, 0.96)] {
      var files = RunFiles(accuracies: [0.9, accuracy], seconds: Double(20 - seed))
      files.settings["seed"] = seed
      try files.write(to: "runs/seed-\(seed)", in: folder)
    }
  }

  private func runs(_ arguments: [String]) async throws -> CommandResult {
    try await Command.run(["runs"] + arguments, in: folder)
  }

  private func names(_ result: CommandResult) -> [String] {
    result.lines.dropFirst().compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test("runs of a folder are shown with the settings that differ, in the order asked for")
  func table() async throws {
    let result = try await runs(["runs"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(
      result.lines == [
        "run      state     seed  epochs  accuracy  best test (epoch)    time  digest",
        "seed-1   complete  1        2/3   95.00 %        95.00 % (2)  19.0 s  0123456789ab",
        "seed-2   complete  2        2/3   97.00 %        97.00 % (2)  18.0 s  0123456789ab",
        "seed-10  complete  10       2/3   96.00 %        96.00 % (2)  10.0 s  0123456789ab",
      ])
    #expect(
      names(try await runs(["runs", "--sort", "Accuracy"])) == ["seed-2", "seed-10", "seed-1"])
    #expect(names(try await runs(["--sort", "time", "runs"])) == ["seed-10", "seed-2", "seed-1"])
    #expect(names(try await runs(["runs/seed-2", "runs/seed-1/"])) == ["seed-1", "seed-2"])
  }

  @Test("a page does not replace a file of a data set")
  func pageOnData() async throws {
    try folder.write([7], to: "data/t10k-labels-idx1-ubyte")
    let result = try await runs(["runs", "--html", "data/t10k-labels-idx1-ubyte"])
    #expect(result.status == 64)
    #expect(
      result.errors.contains(
        "--html is data/t10k-labels-idx1-ubyte, a file of a data set, which is not replaced"))
    try folder.write(Array("{}".utf8), to: "experiment/scaling.json")
    let record = try await runs(["runs", "--html", "experiment/scaling.json"])
    #expect(record.status == 64)
    #expect(record.errors.contains("the record of an experiment, which is not replaced"))
    #expect(try folder.text("experiment/scaling.json") == "{}")
    #expect(try folder.bytes("data/t10k-labels-idx1-ubyte") == [7])
    let names = try await runs(["runs", "--html", "data/classes.txt"])
    #expect(names.status == 64)
    #expect(
      names.errors.contains(
        "--html is data/classes.txt, which would count as a file of the data set there"))
    #expect(try folder.names(in: "data") == ["t10k-labels-idx1-ubyte"])
  }

  @Test("JSON is one array with everything that is known")
  func json() async throws {
    let result = try await runs(["--json", "--sort", "accuracy", "runs"])
    #expect(result.status == 0)
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(
      array.map { $0["directory"] as? String } == ["runs/seed-2", "runs/seed-10", "runs/seed-1"])
    let first = array[0]
    #expect(first["state"] as? String == "complete")
    #expect(first["weights_digest"] as? String == RunFiles.digest)
    #expect(first["test_accuracy"] as? Double == 0.97)
    #expect(first["best_test_accuracy"] as? Double == 0.97)
    #expect(first["best_epoch"] as? Int == 2)
    #expect(first["epochs"] as? Int == 2)
    #expect(first["step"] as? Int == 200)
    #expect(first["seconds"] as? Double == 18)
    #expect(first["threads"] as? Int == 2)
    #expect(first["blas_core"] as? String == "SkylakeX")
    #expect(first["kernel"] == nil)
    #expect(first["problems"] as? [String] == [])
    let settings = try #require(first["settings"] as? [String: Any])
    #expect(settings["batch-size"] as? Int == 512)
    #expect(settings["dropout"] as? Double == 0.2)
    #expect(settings["shuffle"] as? Bool == true)
  }

  @Test("a broken run is named with code 65, and the others are shown")
  func broken() async throws {
    try folder.write(
      Array("{\"event\":\"start\"}\nnonsense\n".utf8), to: "runs/seed-2/metrics.jsonl")
    let text = try await runs(["runs"])
    #expect(text.status == 65)
    #expect(names(text) == ["seed-1", "seed-2", "seed-10"])
    #expect(text.lines[2].contains("broken"))
    #expect(
      text.errors.contains("trainer: error: runs/seed-2/metrics.jsonl: line 2: found \"nonsense\""))
    let json = try await runs(["--json", "runs"])
    #expect(json.status == 65)
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(array.map { $0["state"] as? String } == ["complete", "broken", "complete"])
    #expect((array[1]["problems"] as? [String])?.count == 1)
  }

  @Test("a run with a file that cannot be read is no damaged one, and has its own code")
  func unreadable() async throws {
    let path = folder.path("runs/seed-2/metrics.jsonl")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "metrics.jsonl")
    let result = try await runs(["runs"])
    #expect(result.status == 74)
    #expect(names(result) == ["seed-1", "seed-2", "seed-10"])
    #expect(
      result.errors.contains("1 of 3 runs cannot be read or has damaged files"), "\(result.errors)")
  }

  @Test("a folder without runs gives code 66, and other folders are still shown")
  func missing() async throws {
    try folder.write([], to: "empty/file")
    for (arguments, shown) in [(["empty"], 0), (["nowhere"], 0), (["empty", "runs"], 3)] {
      let result = try await runs(arguments)
      #expect(result.status == 66)
      #expect(names(result).count == shown)
      #expect(result.errors.contains("trainer: error: \(arguments[0]): "))
    }
  }

  @Test("groups have the number of runs, mean, deviation and range, as text and JSON")
  func groups() async throws {
    var files = RunFiles(accuracies: [0.8], seconds: 1)
    files.settings["optimizer"] = "sgd"
    try files.write(to: "runs/sgd", in: folder)
    let text = try await runs(["runs", "--group-by", "optimizer", "--sort", "accuracy"])
    #expect(text.status == 0)
    #expect(
      text.lines == [
        "optimizer  runs   accuracy, %           range        test loss             range",
        "adam          3  96.00 ± 1.00  95.00 to 97.00  0.3333 ± 0.0000  0.3333 to 0.3333",
        "sgd           1         80.00  80.00 to 80.00           0.5000  0.5000 to 0.5000",
      ])
    // The made-up runs have one digest.
    #expect(
      text.errors
        == "optimizer adam: no further evidence, since the weights are those of another run: "
        + "runs/seed-2, runs/seed-10\n")
    let json = try await runs(["runs", "--group-by", "optimizer,batch-size,optimizer", "--json"])
    #expect(json.status == 0 && json.errors.isEmpty)
    let array = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(array.count == 2)
    #expect(
      array[0]["settings"] as? [String: String] == ["optimizer": "adam", "batch-size": "512"])
    #expect(
      array[0]["directories"] as? [String] == ["runs/seed-1", "runs/seed-2", "runs/seed-10"])
    let accuracy = try #require(array[0]["test_accuracy"] as? [String: Any])
    #expect(accuracy["count"] as? Int == 3 && accuracy["minimum"] as? Double == 0.95)
    let deviation = try #require(accuracy["standard_deviation"] as? Double)
    #expect(abs(deviation - 0.01) < 1e-12)
    #expect(array[0]["validation_accuracy"] == nil)
    let single = try #require(array[1]["test_accuracy"] as? [String: Any])
    #expect(single["standard_deviation"] == nil)
  }

  @Test(
    "settings to group by must be known",
    arguments: [
      ("optimiser", "unknown setting `optimiser`; did you mean `optimizer`?"),
      (
        "xyzzy",
        "unknown setting `xyzzy`; the settings are accumulate, augment, average-from, average-statistics,"
      ),
      ("optimizer,", "unknown setting ``; the settings are"),
      ("lr-m", "did you mean `lr-minimum`?"),
    ])
  func unknownSetting(names: String, words: String) async throws {
    let result = try await runs(["runs", "--group-by", names])
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.errors.contains(words), "\(result.errors)")
  }

  @Test("a short name of an option groups by the setting that it means")
  func shortName() async throws {
    var files = RunFiles(accuracies: [0.8], seconds: 1)
    files.settings["learning-rate"] = 0.05
    try files.write(to: "runs/rate", in: folder)
    let result = try await runs(["runs", "--group-by", "lr,learning-rate"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.lines.first?.hasPrefix("learning-rate  runs ") == true, "\(result.output)")
    #expect(result.lines.contains { $0.hasPrefix("0.05 ") }, "\(result.output)")
  }

  @Test("groups have no order by time")
  func groupOrder() async throws {
    let result = try await runs(["runs", "--group-by", "seed", "--sort", "time"])
    #expect(result.status == 64)
    #expect(result.errors.contains("--sort time has no meaning with --group-by"))
  }

  @Test("names and orders must be valid")
  func usage() async throws {
    #expect(try await runs([]).status == 64)
    #expect(try await runs(["runs", "--sort", "colour"]).status == 64)
  }

  @Test(
    "followed runs that are complete are shown once, and options that make no sense are refused")
  func followComplete() async throws {
    let result = try await runs(["--follow", "runs"])
    #expect(result.status == 0 && result.errors.isEmpty)
    #expect(result.lines.count == 3)
    #expect(
      result.lines.contains("runs/seed-2  complete, epoch 2/3, test accuracy 97.00 %"),
      "\(result.output)")
    for more in [["--json"], ["--group-by", "seed"]] {
      let refused = try await runs(["--follow", "runs"] + more)
      #expect(refused.status == 64 && refused.errors.contains("has no meaning with --follow"))
    }
    #expect(try await runs(["--follow", "nowhere"]).status == 66)
  }

  @Test("a run is followed to its end, a line for each epoch")
  func follow() async throws {
    var files = RunFiles(accuracies: [0.5], seconds: nil)
    try files.write(to: "live/a", in: folder)
    let process = try Command.process(["runs", "--follow", "live"], home: folder)
    try folder.write([], to: "output")
    process.standardOutput = FileHandle(forWritingAtPath: folder.path("output"))
    async let status = Command.finish(process, inTurn: false)
    while try folder.text("output").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    files = RunFiles(accuracies: [0.5, 0.75], seconds: 2)
    try files.write(to: "live/a", in: folder)
    #expect(try await status == 0)
    #expect(
      try folder.text("output").split(separator: "\n") == [
        "live/a  stopped at step 100, epoch 1/3, test accuracy 50.00 %",
        "live/a  epoch 2/3  train loss 0.6667  test loss 0.3333  test accuracy 75.00 %",
        "live/a  complete, epoch 2/3, test accuracy 75.00 %",
      ])
  }
}
