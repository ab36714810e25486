import ArgumentParser
import Files
import Model
import Runs
import Training

/// The options that a resumed run's record gives.
struct RecordedOptions {
  /// The settings that a record may have: other options belong to a command line, not to a run.
  static let names = TrainingConfiguration.settingNames.union([
    "dataset", "data", "blas-core", "init", "checkpoint-every", "keep",
    // In records of older versions.
    "hidden", "batch-norm", "dropout", "shard-size",
  ])

  /// The record.
  let record: RunRecord
  /// The record's path.
  let path: String

  /// Reads the record of a run directory; nil if it has none.
  ///
  /// - Parameter directory: The directory.
  /// - Throws: `TrainerError` for a record that cannot be read, or that has what no run writes.
  init?(directory: String) throws {
    path = RunPaths(directory: directory).config
    guard let record = try RunRecord.readIfPresent(path: path) else { return nil }
    self.record = record
    // A foreign directory must not choose the files that are written.
    if let name = record.settings.keys.filter({ !Self.names.contains($0) }).min() {
      throw TrainerError(
        .badData,
        "\(place(of: name)): found an option that no run directory has, expected settings of "
          + "training alone; give it on the command line")
    }
    // As an option, one with a value of the other kind, or an empty one, would take the next option
    // as its own value.
    for (name, value) in record.settings.sorted(by: { $0.key < $1.key }) {
      let isFlag = if case .flag = value { true } else { false }
      guard isFlag == OptionNames.switches.contains(name) else {
        let found = if case .text(let text) = value { text.debugDescription } else { "\(value)" }
        throw TrainerError(
          .badData,
          "\(place(of: name)): found \(found), expected "
            + (isFlag ? "a number or a text" : "true or false"))
      }
      if case .text(let text) = value, text.isEmpty || text.utf8.contains(0) {
        throw TrainerError(
          .badData,
          "\(place(of: name)): found \(text.isEmpty ? "an empty text" : "a text with a NUL character"), "
            + "expected a value")
      }
    }
  }

  /// The error of the first value that the parser refuses; nil if it takes each.
  func refusedValue() -> TrainerError? {
    options.refusedValue().map { TrainerError(.badData, $0.message) }
  }

  /// What is wrong with the record if it is the reason for an error.
  ///
  /// - Parameter error: What a check of the effective options found wrong.
  /// - Returns: The error with the field, if the record alone has the same; otherwise nil.
  func mistake(behind error: any MessageError) -> TrainerError? {
    guard let error = error as? TrainerError, error.code == .usage else { return nil }
    do {
      // Some settings have a meaning only with a directory.
      let alone = try TrainCommand.parse(options.arguments + ["--output=run"])
      _ = try alone.configuration(cores: 1)
      return nil
    } catch let own as TrainerError where own.message == error.message {
      let words = own.message.asTyped
      return TrainerError(.badData, "\(options.place(of: words) ?? path): \(words)")
    } catch {
      return nil
    }
  }

  /// All recorded settings as options.
  var options: GivenOptions { options(without: []) }

  /// The settings that still have a meaning, as options.
  ///
  /// Another optimizer or schedule has other settings; an error should then name the optimizer or
  /// schedule, and not a setting of the old one.
  ///
  /// - Parameter chosen: The effective options.
  /// - Returns: The options.
  func options(for chosen: TrainCommand) -> GivenOptions {
    var foreign: Set<String> = []
    if let kind = value("optimizer").flatMap(OptimizerKind.init(rawValue:)),
      kind != chosen.optimizer.optimizer
    {
      foreign.formUnion(Optimizer(kind).settings.map(\.name))
    }
    if let kind = value("lr-schedule").flatMap(LearningRateSchedule.Kind.init(rawValue:)),
      let schedule = chosen.learningRate.lrSchedule, kind != schedule
    {
      foreign.formUnion(LearningRateSchedule(kind).settings.map(\.name))
    }
    return options(without: foreign)
  }

  private func options(without foreign: Set<String>) -> GivenOptions {
    let settings = record.settings.filter { !foreign.contains($0.key) }
    return GivenOptions(
      entries: settings.sorted { $0.key < $1.key }.map { name, value in
        GivenOption(
          name: name, place: place(of: name), subject: "\(place(of: name)): \(name)",
          value: "\(value)", elements: [], argument: Setting(name, value).argument)
      })
  }

  private func value(_ name: String) -> String? { record.settings[name]?.description }

  /// Where the record has a setting.
  private func place(of name: String) -> String { "\(path): field `settings.\(name)`" }
}
