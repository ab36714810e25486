import Foundation
import TestSupport
import Testing

@testable import Model

@Suite("The instruction set of the kernels, chosen by the user")
struct InstructionSetCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    (folder, _) = try SmallDataset.inNewFolder()
  }

  private static let sets = InstructionSet.supported.map(\.rawValue)

  private func train(_ options: [String]) async throws -> CommandResult {
    try await Command.succeed(
      ["--data", "small", "--epochs", "2", "--threads", "2", "--quiet"] + options, in: folder)
  }

  /// The instruction set in the machine's record.
  private static func recorded(_ record: JSONObject?) -> String? {
    (record?["machine"] as? [String: Any])?["instruction_set"] as? String
  }

  @Test(
    "the same weights come from every set, and the metrics name it",
    arguments: [
      "--batch-size 100", "--batch-size 100 --shard-size 7 --hidden 33,17",
      "--optimizer momentum --max-norm 2 --clip-norm 0.5 --label-smoothing 0.1 --ema 0.9",
      "--augment rotate=20,scale=0.2,shift=1,shear=5,elastic=9/2,erase=0.5,flip",
      "--augment rotate=20 --mixup 0.4 --cutmix 1 --label-smoothing 0.1",
      "--no-batch-norm --dropout-mode vanilla --optimizer rmsprop --accumulate 2",
    ])
  func digest(_ options: String) async throws {
    let words = options.split(separator: " ").map { String($0).replacing("=", with: " ") }
    let expected = try #require(try await train(words).digest)
    for set in Self.sets {
      let run = try await train(words + ["--isa", set, "--metrics", "metrics"])
      #expect(run.digest == expected, "\(set)")
      #expect(run.errors.isEmpty)
      #expect(Self.recorded(try JSONObject.lines(folder.text("metrics")).first) == set)
    }
  }

  @Test("a set that the CPU lacks ends with code 64 and names the set, before anything is read")
  func unsupported() async throws {
    for set in InstructionSet.allCases.map(\.rawValue) where !Self.sets.contains(set) {
      let result = try await Command.run(["--data", "nowhere", "--isa", set], in: folder)
      #expect(result.status == 64)
      #expect(result.errors.contains("--isa \(set): this CPU"))
    }
  }

  @Test("is no setting of a run: another one may resume it, and none is inherited")
  func resume() async throws {
    func recorded() throws -> String? {
      let config = try JSONObject(folder.text("run/config.json"))
      let settings = try #require(config["settings"] as? [String: Any])
      #expect(settings["isa"] == nil)
      return Self.recorded(config)
    }
    _ = try await train(["--output", "run", "--isa", "baseline"])
    #expect(try recorded() == "baseline")
    let best = try #require(Self.sets.last)
    let resumed = try await train(["--output", "run", "--resume", "--epochs", "3"])
    #expect(try recorded() == best)
    #expect(try await train(["--epochs", "3"]).digest == resumed.digest && resumed.digest != nil)
    #expect(try folder.text("run/report.html").contains(">kernels<"))
  }

  @Test("info shows the set in use, those of the CPU, and the peak of fused multiply-adds")
  func info() async throws {
    func kernels(_ options: [String]) async throws -> (set: String?, peak: Double) {
      let output = try await Command.succeed(["info", "--json"] + options, in: folder).output
      let kernels = try #require(try JSONObject(output)["kernels"] as? [String: Any])
      #expect(kernels["supported"] as? [String] == Self.sets)
      let peak = try #require(kernels["peak_gigaflops"] as? Double)
      return (kernels["instruction_set"] as? String, peak)
    }
    let best = try await kernels([])
    #expect(best.set == Self.sets.last)
    let baseline = try await kernels(["--isa", "BASELINE"])
    #expect(baseline.set == "baseline")
    #expect(best.peak > 0 && baseline.peak > 0)
    // Where the baseline has no instruction, the difference is far more than other work can make.
    if Self.sets.count > 1 { #expect(best.peak > 2 * baseline.peak) }
    let text = try await Command.run(["info", "--isa", "baseline"], in: folder).output
    let list = Self.sets.joined(separator: ", ")
    #expect(text.contains("kernels    baseline of \(list) (chosen with --isa)"))
    #expect(text.contains("GFLOP/s of a thread, from registers, with baseline"))
  }

  @Test("evaluation, prediction, measurements and configuration files take it too")
  func otherCommands() async throws {
    _ = try await train(["--save", "model"])
    for command in [
      ["evaluate", "--model", "model", "--data", "small", "--json"],
      ["predict", "--model", "model", "small/\(SmallDataset.testImages)"],
    ] {
      let automatic = try await Command.succeed(command, in: folder)
      for set in Self.sets {
        let forced = try await Command.succeed(command + ["--isa", set], in: folder)
        #expect(forced.output == automatic.output, "\(set)")
      }
    }
    _ = try await Command.succeed(
      [
        "scale", "--data", "small", "--hidden", "16", "--batch-size", "40", "--shard-size", "8",
        "--steps", "4", "--repeats", "1", "--threads", "1", "--isa", "baseline", "--output", "out",
      ], in: folder)
    #expect(Self.recorded(try JSONObject(folder.text("out/scaling.json"))) == "baseline")
    try folder.write(Array("isa: baseline\n".utf8), to: "config.yaml")
    let config = try await Command.run(["config", "--config", "config.yaml"], in: folder)
    #expect(config.lines.contains("isa: baseline"))
    #expect(try await Command.run(["config"], in: folder).lines.contains("isa: auto"))
  }
}
