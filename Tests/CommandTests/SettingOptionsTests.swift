import ArgumentParser
import TestSupport
import Testing

@testable import Model
@testable import TrainerCommand
@testable import Training

@Suite("The options of declared settings")
struct SettingOptionsTests {
  private static func configuration(_ arguments: [String]) throws -> TrainingConfiguration {
    try TrainCommand.parse(arguments).configuration(cores: 2)
  }

  /// A value that differs from the default, as on the command line and in the configuration.
  private static func other(_ value: Setting.Value) -> Setting.Value {
    switch value {
    case .integer(let count): .integer(count + 1)
    case .unsigned(let number): .unsigned(number + 1)
    case .number: .number(0.25)
    case .flag(let isOn): .flag(!isOn)
    case .text(let text): .text(text)
    }
  }

  /// Those without a default that is a value of theirs.
  private static let unset: [String: Setting.Value] = [
    "steps": .integer(3), "early-stopping": .integer(3), "target-accuracy": .number(0.25),
    "clip-norm": .number(0.25), "max-norm": .number(0.25), "ema": .number(0.25),
    "average-from": .integer(3), "average-statistics": .integer(3),
    "class-weights": .text("balanced"), "fold": .text("2/5"),
    "augment": .text("rotate 15, flip"), "mixup": .number(0.25), "cutmix": .number(0.25),
  ]

  @Test(
    "put their values into the configuration, and nothing else",
    arguments: TrainingConfiguration.declarations.map(\.name))
  func applied(name: String) throws {
    let needed =
      switch name {
      case "early-stopping", "stratify": ["--validation=9"]
      case "average-statistics": ["--average-from=1"]
      default: [String]()
      }
    let standard = try Self.configuration(needed)
    let declared = try #require(
      TrainingConfiguration.declarations.first { $0.name == name })
    let before = declared.value(of: standard)?.value
    let value = try #require(before.map(Self.other) ?? Self.unset[name])
    #expect((before == nil) == (Self.unset[name] != nil))

    let setting = Setting(name, value)
    let changed = try Self.configuration(needed + [setting.argument])
    #expect(declared.value(of: changed)?.value == value)
    let others = standard.settings.filter { $0.name != name }
    #expect(changed.settings.filter { $0.name != name } == others)
  }

  @Test("of an optimizer put their values into it", arguments: OptimizerKind.allCases)
  func optimizer(kind: OptimizerKind) throws {
    for setting in Optimizer(kind).settings {
      let configuration = try Self.configuration([
        "--optimizer=\(kind.rawValue)", "--\(setting.name)=0.25",
      ])
      var expected = Optimizer(kind)
      let isKnown = expected.set(setting.name, to: 0.25)
      #expect(isKnown)
      #expect(configuration.optimizer == expected)
    }
  }

  @Test("of a schedule put their values into it", arguments: LearningRateSchedule.Kind.allCases)
  func schedule(kind: LearningRateSchedule.Kind) throws {
    for setting in LearningRateSchedule(kind).settings {
      let value = Self.other(setting.value)
      let configuration = try Self.configuration([
        "--lr-schedule=\(kind.rawValue)", Setting(setting.name, value).argument,
      ])
      var expected = LearningRateSchedule(kind)
      let isKnown = expected.set(setting.name, to: value)
      #expect(isKnown)
      #expect(configuration.schedule == expected)
    }
  }

  @Test(
    "that another rule or schedule has are refused with those of the chosen one",
    arguments: [
      (
        ["--optimizer=sgd", "--beta1=0.5"],
        "--beta1 has no meaning for --optimizer sgd, whose settings are --learning-rate, --weight-decay"
      ),
      (
        ["--lr-schedule=cosine", "--lr-gamma=0.5"],
        "--lr-gamma has no meaning for --lr-schedule cosine, whose settings are --lr-minimum"
      ),
      (
        ["--lr-patience=3"],
        "--lr-patience has no meaning for --lr-schedule constant, which has no settings"
      ),
    ])
  func foreign(arguments: [String], message: String) throws {
    let error = try #require(throws: TrainerError.self) { try Self.configuration(arguments) }
    #expect(error.code == .usage)
    #expect(error.description == message)
  }

  @Test("leave the defaults alone if none is given")
  func defaults() throws {
    #expect(try Self.configuration(["--threads=2"]) == TrainingConfiguration(threads: 2))
  }

  @Test("are shown before training if their values are not the defaults")
  func shown() async throws {
    let (folder, _) = try SmallDataset.inNewFolder()
    let result = try await Command.succeed(
      [
        "--data", "small", "--hidden", "8", "--steps", "1", "--threads", "1", "--accumulate", "1",
        "--ema", "0.5", "--no-shuffle", "--lr-schedule", "step", "--lr-gamma", "0.5",
      ], in: folder)
    let words = (result.output + result.errors).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    #expect(
      words.contains(
        "with: shuffle false, ema 0.5, lr-schedule step, lr-step-epochs 3, lr-gamma 0.5 batch 512"),
      "\(words)")
  }

  @Test(
    "have a cosine as the default schedule of models with convolutions",
    arguments: [
      (["--model=lenet"], "cosine"), (["--model=dense 8, residual(dense 8)"], "constant"),
      (["--model=residual(conv 4x3)"], "cosine"), ([], "constant"),
      (["--model=cnn", "--lr-schedule=constant"], "constant"),
      (["--model=cnn", "--lr-schedule=plateau"], "plateau"), (["--lr-schedule=cosine"], "cosine"),
    ])
  func usualSchedule(options: [String], expected: String) throws {
    let configuration = try Self.configuration(options)
    #expect(configuration.schedule.kind.rawValue == expected)
    #expect(configuration.settings.contains(Setting("lr-schedule", .text(expected))))
  }

  @Test("of the default schedule can be given without naming it")
  func usualScheduleSettings() throws {
    var cosine = CosineAnnealing()
    cosine.minimum = 0.25
    let found = try Self.configuration(["--model=cnn", "--lr-minimum=0.25"]).schedule
    #expect(found == .cosine(cosine))
  }

  @Test("show limits and defaults in the help")
  func help() {
    let help = TrainCommand.helpMessage(columns: 1_000)
    for line in [
      "Worker threads, from 1 to 240 (default: the CPUs that this process may use).",
      "Passes over the training set, from 1 to 2147483647 (default: 10).",
      "Momentum, at least 0 and less than 1, for momentum and nesterov (default: 0.9).",
      "for adagrad, rmsprop, adam and adamw (default: adagrad 1e-10; rmsprop, adam and adamw 1e-08).",
      "Factor of a reduction, above 0 and less than 1, for step and plateau (default: 0.1).",
      "or keep the order of the file (default: --shuffle).",
      "with --validation or --fold, else on the test set.",
      "or of any class at random (default: --no-stratify).",
      "or OpenBLAS (default: native). (values: native, openblas)",
      "vanilla in evaluation (default: inverted). (values: inverted, vanilla)",
    ] {
      #expect(help.contains(line), "\(line)")
    }
  }
}
