import Foundation
import TestSupport
import Testing

@testable import TrainerCommand

@Suite("The model of a command")
struct ModelCommandTests {
  private let folder: TemporaryFolder
  private let data: String

  init() throws {
    (folder, data) = try SmallDataset.inNewFolder()
  }

  private func run(_ arguments: [String]) async throws -> CommandResult {
    try await Command.run(arguments, in: folder)
  }

  private func digest(_ options: [String], steps: String = "12") async throws -> String {
    let result = try await run(
      ["--data", data, "--steps", steps, "--batch-size", "50", "--quiet"] + options)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(result.digest)
  }

  @Test("is the same as --hidden, --dropout and --batch-norm are short for")
  func shorthand() async throws {
    for (short, model) in [
      (["--hidden", "24,16"], "dense 24 bn relu dropout 0.2, dense 16 bn relu dropout 0.2"),
      (["--hidden", "24", "--no-batch-norm", "--dropout", "0"], "dense 24 relu"),
      (["--hidden", "none"], "none"), ([], "mlp"),
    ] {
      #expect(try await digest(short) == digest(["--model", model]), "\(model)")
    }
  }

  @Test("with residual blocks trains to the same bits for every number of threads, and resumes")
  func residual() async throws {
    let options = ["--model", "dense 24 bn relu, residual(dense 12 bn relu, dense 24 bn) relu"]
    let whole = try await digest(options + ["--threads", "1"])
    #expect(try await digest(options + ["--threads", "3"]) == whole)
    let part = options + ["--output", "run", "--checkpoint-every", "1"]
    _ = try await digest(part, steps: "5")
    let resumed = try await run(
      ["--data", data, "--steps", "12", "--output", "run", "--resume", "--quiet"])
    #expect(resumed.digest == whole, "\(resumed.errors)")
    let evaluated = try await run(["evaluate", "--model", "run", "--data", data])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
  }

  @Test(
    "is refused with its place and what was expected",
    arguments: [
      (
        ["--model", "dense 5 rellu"],
        "--model is not a description:\n  dense 5 rellu\n          ^^^^^ character 9: found `rellu`"
      ),
      (["--model", "pool 9"], "`pool 9` takes images of at least 9x9, found 8x8x1"),
      (["--model", "mpl"], "the name of a preset: linear, mlp-small, mlp"),
      (["--model", "residual(conv 2x3 valid)"], "the block gives 6x6x2, its input is 8x8x1"),
      (["--model", "dense 5", "--hidden", "5"], "--hidden has no meaning with --model"),
      (["--model", "dense 5", "--no-batch-norm"], "--batch-norm has no meaning with --model"),
      (["--dropout", "0.5", "--model", "dense 5"], "--dropout has no meaning with --model"),
    ])
  func refusals(options: [String], message: String) async throws {
    let result = try await run(["--data", data, "--steps", "1", "--batch-size", "50"] + options)
    #expect(result.status == 64)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("comes from a configuration file, whose parts the command line may change")
  func layers() async throws {
    _ = try folder.write(
      Array("model: dense 30 bn relu dropout 0.3, dense 20 bn relu dropout 0.3\n".utf8),
      to: "a.yaml")
    _ = try folder.write(Array("model: dense 30 relu, residual(dense 30)\n".utf8), to: "b.yaml")
    _ = try folder.write(Array("hidden: 30,20\ndropout: 0.4\n".utf8), to: "c.yaml")
    func model(_ options: [String]) async throws -> String? {
      let result = try await run(["config"] + options)
      #expect(result.status == 0, "\(result.errors)")
      return result.lines.first { $0.hasPrefix("model: ") }.map { String($0.dropFirst(7)) }
    }
    #expect(
      try await model(["--config", "a.yaml", "--hidden", "9"]) == "dense 9 bn relu dropout 0.3")
    #expect(
      try await model(["--config", "a.yaml", "--dropout", "0", "--no-batch-norm"])
        == "dense 30 relu, dense 20 relu")
    #expect(try await model(["--config", "b.yaml"]) == "dense 30 relu, residual(dense 30)")
    #expect(try await model(["--config", "b.yaml", "--model", "linear"]) == "none")
    #expect(try await model(["--config", "c.yaml", "--model", "dense 5"]) == "dense 5")
    #expect(
      try await model(["--config", "c.yaml", "--hidden", "5"]) == "dense 5 bn relu dropout 0.4")
    let mixed = try await run(["config", "--config", "b.yaml", "--dropout", "0.1"])
    #expect(mixed.status == 64)
    #expect(
      mixed.errors.contains("of the run, configuration file or environment, whose layers"),
      "\(mixed.errors)")
    _ = try folder.write(Array("epochs: 1\nmodel: dense x\n".utf8), to: "d.yaml")
    let wrong = try await run(["config", "--config", "d.yaml"])
    #expect(wrong.status == 64)
    #expect(
      wrong.errors.contains(
        "d.yaml: line 2: --model is not a description:\n  dense x\n        ^ character 7"),
      "\(wrong.errors)")
  }

  @Test("is summed up with shapes, parameters and operations, as text and as JSON")
  func summary() async throws {
    let options = [
      "summary", "--model", "dense 8 bn relu, residual(dense 8)", "--input", "6x5", "--classes",
      "3", "--batch-size", "40",
    ]
    let result = try await run(options)
    #expect(result.status == 0)
    #expect(
      result.lines == [
        "model: dense 8 bn relu, residual(dense 8)",
        "layer       output  parameters  forward  backward",
        "input       6x5x1            -        -         -",
        "dense1      8              240      480       480",
        "batchnorm1  8               16        -         -",
        "relu1       8                -        -         -",
        "dense2      8               72      128       256",
        "sum1        8                -        -         -",
        "dense3      3               27       48        96",
        "total                      355      656       832",
        "training memory: 0.0 MiB for batches of 40; 0.0 MiB of it for parameters, gradients and "
          + "moments, 0.3 KiB for each sample of a batch",
      ])
    let json = try await run(options + ["--json"])
    let fields = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(fields["parameters"] as? Int == 355)
    #expect(fields["batch_size"] as? Int == 40)
    #expect(
      (fields["training_memory_bytes"] as? Int).map { (10_000..<50_000).contains($0) } == true)
    #expect(fields["model"] as? String == "dense 8 bn relu, residual(dense 8)")
    #expect(fields["input"] as? [Int] == [6, 5, 1])
    let layers = try #require(fields["layers"] as? [[String: Any]])
    #expect(
      layers.map { $0["name"] as? String } == [
        "dense1", "batchnorm1", "relu1", "dense2", "sum1", "dense3",
      ])
    #expect(layers[3]["backward_operations"] as? Int == 256)
    let color = try await run(["summary", "--model", "conv 4x3", "--input", "5X5x3"])
    #expect(color.lines.contains { $0.hasPrefix("input   5x5x3 ") }, "\(color.output)")
    #expect(color.lines.contains { $0.hasPrefix("conv1   5x5x4          112 ") }, "\(color.output)")
    for (wrong, message) in [
      (["--input", "28"], "'28' is invalid"), (["--input", "0x5"], "'0x5' is invalid"),
      (["--input", "5x5x65"], "'5x5x65' is invalid"), (["--input", "5x5x"], "'5x5x' is invalid"),
      (["--input", "1024x1024x2"], "'1024x1024x2' is invalid"),
      (["--input", "5x5x1x1"], "'5x5x1x1' is invalid"),
      (["--classes", "0"], "--classes is 0"), (["--classes", "257"], "--classes is 257"),
      (["--batch-size", "0"], "--batch-size is 0"),
    ] {
      let refused = try await run(["summary"] + wrong)
      #expect(refused.status == 64)
      #expect(refused.errors.contains(message), "\(refused.errors)")
    }
  }

  @Test("may be a preset, all of which are listed with their layers")
  func presets() async throws {
    let result = try await run(["models"])
    #expect(result.status == 0)
    #expect(result.lines.count == 11)
    #expect(
      result.lines.contains(
        "mlp               536586  dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2"))
    let help = try await run(["models", "--help"])
    #expect(help.output.contains("  residual(MODEL)\n"))
  }
}
