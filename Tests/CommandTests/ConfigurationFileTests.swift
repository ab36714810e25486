import ArgumentParser
import Glibc
import TestSupport
import Testing

@testable import TrainerCommand
@testable import Training

@Suite("A configuration file")
struct ConfigurationFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func config(
    _ text: String, _ more: [String] = []
  ) async throws -> CommandResult {
    try folder.write(Array(text.utf8), to: "config.yaml")
    return try await Command.run(["config", "--config", "config.yaml"] + more, in: folder)
  }

  @Test("gives every option a value, a switch or a list")
  func values() async throws {
    let result = try await config(
      """
      # A comment
      batch-size: 128
      hidden: [64, 32]
      optimizer: momentum
      learning-rate: 0.5
      batch-norm: false
      shuffle: true
      seed: 18446744073709551615
      output: "runs/a"
      """)
    #expect(result.status == 0, "\(result.errors)")
    for line in [
      "batch-size: 128", "optimizer: momentum", "learning-rate: 0.5",
      "momentum: 0.9", "shuffle: true", "seed: 18446744073709551615",
      "output: runs/a", "epochs: 10",
      "model: dense 64 relu dropout 0.2, dense 32 relu dropout 0.2",
    ] {
      #expect(result.lines.contains(line), "\(line) in \(result.output)")
    }
  }

  @Test("may be a named pipe, whose writer is waited for")
  func pipe() async throws {
    try #require(mkfifo(folder.path("pipe"), 0o600) == 0)
    let result = try await Command.run(
      ["config", "--config", "pipe"], in: folder,
      shell: "(sleep 0.3; echo 'epochs: 3' >pipe) & exec \"$0\" \"$@\"")
    #expect(result.lines.contains("epochs: 3"), "\(result.errors)")
  }

  @Test("loses to the command line")
  func flagsWin() async throws {
    let result = try await config(
      "batch-size: 128\nbatch-norm: false\nthreads: 7\n", ["--batch-size", "64", "--batch-norm"])
    #expect(result.lines.contains("batch-size: 64"))
    #expect(
      result.lines.contains("model: dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2"))
    #expect(result.lines.contains("threads: 7"))
  }

  @Test("that `trainer config` printed gives the same output when it is read again")
  func roundTrip() async throws {
    let options = [
      "--optimizer", "adamw", "--lr-schedule", "plateau", "--validation", "9", "--ema", "0.99",
      "--early-stopping", "3", "--no-shuffle", "--hidden", "none", "--save", "no",
      "--threads", "3", "--output", "runs/a", "--checkpoint-every", "10m", "--quiet",
      "--no-progress",
    ]
    let first = try await Command.run(["config"] + options, in: folder)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.lines.contains("quiet: true") && first.lines.contains("no-progress: true"))
    let second = try await config(first.output)
    #expect(second.output == first.output, "\(second.errors)")
  }

  @Test(
    "with a mistake is refused, with the line",
    arguments: [
      ("epochs: 3\nbatch_size: 9", "line 2: unknown key `batch_size`; did you mean `batch-size`?"),
      ("optimiser: sgd", "line 1: unknown key `optimiser`; did you mean `optimizer`?"),
      (
        "lr: 0.1\nlearning-rate: 0.2",
        "line 2: found `learning-rate` beside `lr`, which is the same option; expected each once"
      ),
      ("color: red", "unknown key `color`; the keys are the long options"),
      ("shuffle: maybe", "line 1: shuffle is maybe; it must be true or false"),
      ("epochs:", "line 1: epochs is empty; it must be a value"),
      ("epochs: {a: 1}", "line 1: epochs is a mapping"),
      (
        #"{"format": "trainer run", "command": ["trainer"]}"#,
        "found a run's record, expected options of training; `trainer config --output DIR --resume`"
      ),
      ("- epochs", "expected lines such as `batch-size: 512`"),
      ("epochs: [", "config.yaml"),
      ("epochs: 1\nepochs: 2", "epochs"),
      ("resume: true", "line 1: found `resume`; --resume must be given on the command line"),
      ("threads: 2\n\nepochs: many", "line 3: epochs is many; it must be a whole number"),
      ("epochs: 1e3", "line 1: epochs is 1e3; it must be a whole number"),
      ("optimizer: adum", "line 1: optimizer is adum; it must be one of the following: sgd, mom"),
      ("hidden: [a, 3]", "line 1: element 1 of hidden is a; it must be a whole number"),
      ("hidden:\n  - 1\n  - b", "line 3: element 2 of hidden is b; it must be a whole number"),
      ("hidden: [1, [2]]", "line 1: element 2 of hidden is a list; it must be a value"),
      ("hidden: [none, 3]", "line 1: hidden is [none, 3]; "),
      ("epochs: [1, 2]", "line 1: epochs is [1, 2]; "),
      ("seed: 1\ndropout: 2", "line 2: --dropout is 2.0; it must be"),
      ("lr: -1", "line 1: --learning-rate is -1.0; it must be"),
    ])
  func mistakes(text: String, message: String) throws {
    let path = try folder.write(Array(text.utf8), to: "config.yaml")
    do {
      let arguments = ["--config", path]
      _ = try LayeredOptions.resolve(TrainCommand.parse(arguments), arguments: arguments) {
        try $0.options.configuration(cores: 1)
      }
      Issue.record("taken")
    } catch let error as TrainerError {
      #expect(error.message.asTyped.contains(message), "\(error)")
      #expect(error.description.hasPrefix(path + ": "))
      #expect(error.code == .usage)
    }
  }

  @Test("is printed by a command that names its own help where an option is wrong")
  func ownHelp() async throws {
    for (options, message) in [
      (["--epochs", "three"], "The value 'three' is invalid for '--epochs <n>'"),
      (["--epochz", "3"], "unknown option '--epochz'; did you mean '--epochs'?"),
    ] {
      let result = try await Command.run(["config"] + options, in: folder)
      #expect(result.status == 64)
      #expect(result.errors.hasPrefix("trainer: error: \(message)"), "\(result.errors)")
      #expect(result.errors.contains("Usage: trainer config [<options of train>]"))
      #expect(result.errors.contains("See 'trainer config --help'"), "\(result.errors)")
      #expect(!result.errors.contains("train --help"), "\(result.errors)")
    }
  }

  @Test(
    "is not printed from options that training refuses whatever files there are",
    arguments: [
      (["--histogram-every", "3"], "--histogram-every has no meaning without --tensorboard"),
      (
        ["--histogram-every", "0", "--tensorboard", "x"],
        "--histogram-every is 0; it must be at least 1"
      ),
      (["--objective-file", "x"], "--objective-file has no meaning without --objective"),
      (["--save", "x", "--metrics", "./x"], "--save and --metrics are the same file, ./x"),
      (
        ["--output", "x", "--metrics", "x/metrics.jsonl"],
        "--metrics is x/metrics.jsonl, which --output x writes itself"
      ),
      (
        ["--output", "x", "--tensorboard", "./x/checkpoints"],
        "--tensorboard is ./x/checkpoints, which --output x writes itself"
      ),
      (
        ["--output", "x", "--save", "x/checkpoints/a"],
        "--save is x/checkpoints/a, which --output x writes itself"
      ),
      (["--save", "x", "--output", "x"], "--save is x, which --output x makes a directory"),
      (
        ["--init", "x/model.safetensors", "--output", "x", "--overwrite"],
        "--init is x/model.safetensors, which belongs to the run in x"
      ),
      (["--keep", "0", "--output", "x"], "--keep is 0; it must be at least 1"),
      (["--resume", "--overwrite", "--output", "x"], "give only one of --resume and --overwrite"),
      (["--blas-core", "Haswell"], "--blas-core Haswell has no meaning for --engine native"),
    ])
  func contradictions(options: [String], message: String) async throws {
    let result = try await Command.run(["config"] + options, in: folder)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.errors.contains("trainer: error: \(message)"), "\(result.errors)")
  }

  @Test("cannot name an output that the run directory has too")
  func ownOutputs() async throws {
    for name in [".lock", "config.json", "model.safetensors", "best.safetensors", "report.html"] {
      let result = try await config("output: x\nsave: x/\(name)\n")
      #expect(result.status == 64 && result.output.isEmpty)
      let message = "config.yaml: line 2: --save is x/\(name), which --output x writes itself"
      #expect(result.errors.contains(message), "\(result.errors)")
    }
    let others = try await config("output: x\nsave: x/mine\ntensorboard: x\n")
    #expect(others.status == 0, "\(others.errors)")
  }

  @Test("cannot ask for checkpoints that no directory keeps")
  func withoutOutput() async throws {
    let refused = try await config("checkpoint-every: 10m\n")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--checkpoint-every has no meaning without --output"))
    let given = try await config("checkpoint-every: 10m\n", ["--output", "runs/a"])
    #expect(given.lines.contains("checkpoint-every: 600.0s"), "\(given.output)")
    // What is printed without a directory can be read again without one.
    let plain = try await Command.run(["config"], in: folder)
    #expect(try await config(plain.output).output == plain.output)
    // A batch size that is not given may be smaller, so as not to exceed the samples.
    #expect(!plain.lines.contains { $0.hasPrefix("batch-size") })
    #expect(try await config("batch-size: 7\n").lines.contains("batch-size: 7"))
  }

  @Test("with a mistake that the command line corrects is taken")
  func corrected() async throws {
    let result = try await config("epochs: 0\nlr: -1\n", ["--epochs=3", "--learning-rate", "0.5"])
    #expect(result.status == 0, "\(result.errors)")
    // What the command line itself has wrong is not the file's.
    let wrong = try await config("epochs: 2\n", ["--epochs", "0"])
    #expect(wrong.status == 64)
    #expect(wrong.errors.contains("trainer: error: --epochs is 0;"), "\(wrong.errors)")
  }

  @Test(
    "that is no text in UTF-8, or too much, is refused in words",
    arguments: [
      ([0xFF, 0xFE, 0x65, 0x00, 0x0A, 0x00], "line 1: found UTF-16, expected text in UTF-8"),
      (Array("epochs: 3\nsave: ".utf8) + [0xE9], "line 2: found bytes that are not UTF-8"),
      ([UInt8](repeating: 0x23, count: 70_000), "found more than 65536 bytes"),
      (
        Array("hidden: [\(String(repeating: "4,", count: 1_000))4]".utf8),
        "line 1: --hidden is 1001 layers"
      ),
    ] as [([UInt8], String)])
  func bytes(_ bytes: [UInt8], message: String) async throws {
    try folder.write(bytes, to: "config.yaml")
    let result = try await Command.run(["config", "--config", "config.yaml"], in: folder)
    #expect(result.status == 64)
    #expect(result.errors.contains("config.yaml: \(message)"), "\(result.errors)")
  }

  @Test("with aliases that stand for a tree of any size is refused at once")
  func aliases() async throws {
    let doubling = (1...60).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
    let bombs = [
      "a0: &a0 [x, x]\n\(doubling)? *a60\n: 1\n", "? &k [a]\n: 1\n? *k\n: 2\n",
    ]
    for bomb in bombs {
      try folder.write(Array(bomb.utf8), to: "config.yaml")
      let result = try await Command.run(
        ["config", "--config", "config.yaml"], in: folder, timeout: .seconds(60))
      #expect(result.status == 64)
      #expect(result.errors.contains("found the alias `*"), "\(result.errors)")
    }
    let names = (1...9).map { "n\($0)" }
    let anchors = names.map { "\($0): &\($0) 1\n" }.joined()
    let aliases = names.reversed().map { "epochs: *\($0)\n" }.joined()
    let first = try await config("# *none\n\(anchors)\n\(aliases)")
    #expect(first.errors.contains("config.yaml: line 12: found the alias `*n9`"), "\(first.errors)")
    // Neither is one.
    let plain = try await config("save: a*b&c # *note\n")
    #expect(plain.lines.contains("save: a*b&c"), "\(plain.errors)")
  }

  @Test("whose key is no word is refused with its line")
  func keyNodes() async throws {
    let result = try await config("epochs: 3\n? [a, b]\n: 1\n")
    #expect(result.status == 64)
    #expect(result.errors.contains("config.yaml: line 2: found a list, expected an option's name"))
  }

  @Test("that is missing has its own code; an empty one says nothing")
  func missing() async throws {
    let result = try await Command.run(["config", "--config", "none.yaml"], in: folder)
    #expect(result.status == 66)
    let empty = try await config("# nothing\n")
    let plain = try await Command.run(["config"], in: folder)
    #expect(empty.status == 0 && empty.output == plain.output)
  }

  @Test("has a key for every option that a run can have twice")
  func keys() {
    let help = TrainCommand.helpMessage()
    let shown = Set(help.matches(of: /--([a-z][a-z0-9-]*)/).map { String($0.1) })
    let others: Set = [
      "config", "resume", "overwrite", "version", "help", "no-batch-norm", "no-shuffle",
      "no-stratify",
    ]
    #expect(OptionNames.all == shown.subtracting(others))
    // And not by the help alone.
    #expect(OptionNames.all.isSuperset(of: TrainingConfiguration.settingNames))
  }
}
