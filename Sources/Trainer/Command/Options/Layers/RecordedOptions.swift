import Model
import Runs
import Training

/// The options that a resumed run's record gives.
struct RecordedOptions {
  /// The settings that a record has: all others are not the run's to decide.
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
    // As an option, a value of the other kind would take the next option as its own value.
    for (name, value) in record.settings.sorted(by: { $0.key < $1.key }) {
      let isFlag = if case .flag = value { true } else { false }
      guard isFlag == OptionNames.switches.contains(name) else {
        throw TrainerError(
          .badData,
          "\(place(of: name)): found \(value), expected "
            + (isFlag ? "a number or a text" : "true or false"))
      }
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
          name: name, place: place(of: name), value: "\(value)", elements: [],
          argument: Setting(name, value).argument)
      },
      source: .record)
  }

  private func value(_ name: String) -> String? { record.settings[name]?.description }

  /// Where the record has a setting.
  private func place(of name: String) -> String { "\(path): field `settings.\(name)`" }
}
