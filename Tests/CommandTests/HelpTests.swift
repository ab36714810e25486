import ArgumentParser
import TestSupport
import Testing

@testable import TrainerCommand

@Suite("Help")
struct HelpTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test("help is printed to standard output with exit code 0, and explains how to train")
  func help() async throws {
    let result = try await Command.run(["--help"], in: folder)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    for text in [
      "trainer --threads 8", "train (default)", "evaluate", "predict", "runs", "data", "info",
      "64 wrong usage", "$TRAINER_DATA/NAME",
    ] {
      #expect(result.output.contains(text))
    }
  }

  @Test("the help of training names every documented option")
  func trainHelp() async throws {
    let result = try await Command.run(["train", "--help"], in: folder)
    #expect(result.status == 0)
    for text in ["trainer --output runs/a --resume", "75 stopped by SIGTERM", "$TRAINER_DATA/NAME"]
    {
      #expect(result.output.contains(text), "\(text)")
    }
    for option in [
      "threads", "dataset", "data", "epochs", "steps", "batch-size", "shard-size", "hidden",
      "dropout", "dropout-mode", "no-batch-norm", "no-shuffle", "optimizer", "learning-rate", "lr",
      "momentum", "decay-rate", "beta1", "beta2", "epsilon", "weight-decay", "seed", "init",
      "save-init", "save", "metrics", "engine", "blas-core", "isa", "pin", "quiet", "no-progress",
    ] {
      #expect(result.output.contains("--\(option)"), "--\(option)")
    }
  }

  @Test("the version is followed by the commit, the traits and the engines")
  func version() async throws {
    let result = try await Command.run(["--version"], in: folder)
    #expect(result.status == 0)
    let lines = #/trainer \d+\.\d+\.\d+\ncommit  \S+\ntraits  .+\nengines native, openblas\n/#
    #expect(result.output.wholeMatch(of: lines) != nil)
    for arguments in [["config", "--version"], ["config", "--epochs", "3", "--version"]] {
      let other = try await Command.run(arguments, in: folder)
      #expect(other.status == 0 && other.output == result.output, "\(other.errors)")
    }
  }

  @Test(
    "text that cannot be written is an error",
    arguments: [
      ["--help"], ["train", "--help"], ["help", "data"], ["--version"],
      ["--generate-completion-script", "bash"],
    ])
  func unwritable(arguments: [String]) async throws {
    let result = try await Command.run(
      arguments, in: folder, shell: "exec \"$0\" \"$@\" > /dev/full")
    #expect(result.status == 74)
    #expect(
      result.errors
        == "trainer: error: standard output cannot be written: No space left on device\n")
  }

  @Test("a build that was not told its commit says so, and one without traits too")
  func unknownCommit() {
    let plain = "\(BuildDescription(commit: "", traits: []))"
    #expect(plain.contains("\ncommit  unknown\ntraits  none\n"))
    let full = "\(BuildDescription(commit: "0123abc-dirty", traits: ["MPI", "OTHER"]))"
    #expect(full.contains("\ncommit  0123abc-dirty\ntraits  MPI, OTHER\n"))
  }

  @Test(
    "every subcommand has help",
    arguments: [
      ["evaluate"], ["predict"], ["export"], ["runs"], ["compare"], ["data"], ["data", "info"],
      ["data", "fetch"], ["data", "import"], ["data", "preview"], ["info"], ["lr-find"],
    ])
  func subcommandHelp(_ name: [String]) async throws {
    let result = try await Command.run(name + ["--help"], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("OVERVIEW"))
  }

  /// A command and those within it, with the words that call them.
  private static func commands(
    in command: any ParsableCommand.Type, _ words: [String] = []
  ) -> [(command: any ParsableCommand.Type, words: [String])] {
    let within = command.configuration.subcommands.flatMap {
      commands(in: $0, words + [$0._commandName])
    }
    return [(command: command, words: words)] + within
  }

  @Test("examples of all commands are not wrapped in 80 columns")
  func examples() async throws {
    var count = 0
    for (command, words) in Self.commands(in: TrainerCommand.self) {
      let examples = command.configuration.discussion.split(separator: "\n")
        .filter { $0.hasPrefix("  ") }.map(String.init)
      guard !examples.isEmpty else { continue }
      count += 1
      let result = try await Command.run(
        words + ["--help"], environment: ["COLUMNS": "80"], in: folder)
      for example in examples {
        #expect(example.count <= 80 && result.lines.contains(example), "\(example)")
      }
    }
    #expect(count > 10)
  }

  @Test("the help of evaluate names its own default data set")
  func evaluationData() async throws {
    let result = try await Command.run(["evaluate", "--help"], in: folder)
    let words = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("(default: the data set that the model was trained on)"), "\(words)")
    #expect(!words.contains("default: mnist"))
  }

  @Test(
    "the help of commands that use models says that their engine is the default",
    arguments: ["evaluate", "predict", "compare"])
  func evaluationEngine(command: String) async throws {
    let result = try await Command.run([command, "--help"], in: folder)
    let words = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains("or OpenBLAS (default: the model's). (values: native, openblas)"), "\(words)")
  }

  @Test("info describes the machine, OpenBLAS and the data sets, for people and programs")
  func info() async throws {
    let text = try await Command.run(["info"], in: folder)
    #expect(text.status == 0)
    for name in [
      "CPU", "ISA", "cores", "topology", "package 0, node 0: [", "memory", "OpenBLAS", "kernels",
      "FMA peak", "mnist", "fashion-mnist",
    ] {
      #expect(text.output.contains(name))
    }
    let json = try JSONObject(await Command.run(["info", "--json"], in: folder).output)
    #expect(json["version"] as? String != nil)
    let machine = try #require(json["machine"] as? [String: Any])
    #expect((machine["cores"] as? Int ?? 0) >= 1)
    let topology = try #require(json["topology"] as? [String: Any])
    let cpus = try #require(topology["cpus"] as? [[String: Any]])
    #expect(cpus.contains { $0["usable"] as? Bool == true && $0["core"] as? Int != nil })
    #expect(((json["datasets"] as? [Any])?.count ?? 0) >= 2)
    let kernels = try #require(json["kernels"] as? [String: Any])
    for name in ["peak_gigaflops", "openblas_gigaflops"] {
      #expect(kernels[name] as? Double ?? 0 > 0, "\(name)")
    }
    #expect(text.output.contains("GFLOP/s of a thread, 1024 x 1024 matrices by OpenBLAS"))
  }
}
