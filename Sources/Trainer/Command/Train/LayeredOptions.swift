import Foundation
import Model
import Runs
import Training

/// Options from several places: those of the resumed run, a configuration file's, those of the
/// environment, and those of the command line, each of which wins over the ones before.
struct LayeredOptions {
  /// The effective options.
  let options: TrainCommand
  /// The record of the resumed run; nil if there is none.
  let earlier: RunRecord?

  /// The settings that a record has: all others are not the run's to decide.
  static let recordedNames = TrainingConfiguration.settingNames.union([
    "dataset", "data", "blas-core", "init", "checkpoint-every", "keep",
    // In records of older versions.
    "hidden", "batch-norm", "dropout", "shard-size",
  ])

  /// Calls a closure with the effective options.
  ///
  /// An error about a value of the configuration file names its line, one of the environment its variable, and one
  /// of the resumed run the field of its record.
  ///
  /// - Parameters:
  ///   - options: The command line's alone.
  ///   - arguments: The command line, without the names of program and subcommand.
  ///   - environment: The environment variables.
  ///   - body: The closure.
  /// - Returns: What `body` returns.
  /// - Throws: `TrainerError`, or the parser's error, for what cannot be, and what `body` throws.
  static func resolve<Value>(
    _ options: TrainCommand, arguments: [String] = OptionLayers.commandLine(of: "train"),
    environment: [String: String] = ProcessInfo.processInfo.environment,
    _ body: (LayeredOptions) throws -> Value
  ) throws -> Value {
    let layers = try OptionLayers(
      config: options.config, arguments: arguments, environment: environment)
    var effective: LayeredOptions?
    do {
      let layered = try layered(options, layers)
      effective = layered
      return try body(layered)
    } catch {
      throw effective?.locatedInRecord(error) ?? layers.located(error)
    }
  }

  /// Puts the layers together.
  private static func layered(
    _ options: TrainCommand, _ layers: OptionLayers
  ) throws -> LayeredOptions {
    let effective = try layers.parsed(over: options)
    guard let (record, path) = try earlierRun(effective.output) else {
      return LayeredOptions(options: effective, earlier: nil)
    }
    do {
      return LayeredOptions(options: try layer(record, below: layers, options), earlier: record)
    } catch {
      let entries = record.settings.sorted { $0.key < $1.key }.map { name, value in
        GivenOption(
          name: name, place: place(of: name, in: path), value: "\(value)", elements: [],
          argument: Setting(name, value).argument)
      }
      guard let refused = GivenOptions(entries: entries).refusedValue() else { throw error }
      throw TrainerError(.badData, refused.message)
    }
  }

  /// Where a record has a setting.
  private static func place(of name: String, in path: String) -> String {
    "\(path): field `settings.\(name)`"
  }

  /// Names the field of the record that an error is about.
  ///
  /// - Parameter error: What a check of the options found wrong, such as "--epochs is 0; it must be at least 1".
  /// - Returns: The error with its place; nil if it is about something else than a recorded value.
  private func locatedInRecord(_ error: any Error) -> (any Error)? {
    guard let earlier, let directory = options.output.output, let error = error as? TrainerError,
      error.code == .usage
    else { return nil }
    let words = error.message.asTyped
    guard let setting = earlier.settings.first(where: { words.hasPrefix("--\($0.key) is ") }),
      let end = words.firstIndex(of: ";")
    else { return nil }
    let found = String(words[..<end].dropFirst("--\(setting.key) is ".count))
    let recorded = "\(setting.value)"
    // A whole number may be recorded without its decimal point.
    let isNumber = Double(found).map { $0 == Double(recorded) } ?? false
    guard found == recorded || isNumber else { return nil }
    let path = RunDirectory.Paths(directory: directory).config
    return TrainerError(.badData, "\(Self.place(of: setting.key, in: path)): \(words)")
  }

  /// Puts a record's settings in front of other options.
  private static func layer(
    _ record: RunRecord, below layers: OptionLayers, _ options: TrainCommand
  ) throws -> TrainCommand {
    let settings = record.settings.map { Setting($0.key, $0.value) }
    let resolved = try layers.parsed(
      over: options, base: settings.map(\.argument).sorted())
    // Another rule has different settings; the error should then name the rule.
    let foreign = foreignSettings(settings, resolved)
    if foreign.isEmpty { return resolved }
    return try layers.parsed(
      over: options,
      base: settings.filter { !foreign.contains($0.name) }.map(\.argument).sorted())
  }

  /// The record of the run that is resumed, and its path; nil if there is none.
  private static func earlierRun(
    _ output: OutputOptions
  ) throws -> (record: RunRecord, path: String)? {
    guard let directory = output.output, output.resume else { return nil }
    let path = RunDirectory.Paths(directory: directory).config
    guard let record = try RunRecord.readIfPresent(path: path) else { return nil }
    // A foreign directory must not choose the files that are written.
    if let name = record.settings.keys.filter({ !recordedNames.contains($0) }).min() {
      throw TrainerError(
        .badData,
        "\(place(of: name, in: path)): found an option that no run directory has, expected "
          + "settings of training alone; give it on the command line")
    }
    // As an option, a value of the other kind would take the next option as its own value.
    for (name, value) in record.settings.sorted(by: { $0.key < $1.key }) {
      let isFlag = if case .flag = value { true } else { false }
      guard isFlag == OptionNames.switches.contains(name) else {
        throw TrainerError(
          .badData,
          "\(place(of: name, in: path)): found \(value), expected "
            + (isFlag ? "a number or a text" : "true or false"))
      }
    }
    return (record, path)
  }

  /// Checks, while holding the lock, that the directory still has what the options were taken from.
  ///
  /// - Parameter paths: The directory's files.
  /// - Throws: `TrainerError` if another process has changed it.
  func requireUnchanged(_ paths: RunDirectory.Paths) throws {
    guard try RunRecord.readIfPresent(path: paths.config)?.settings == earlier?.settings else {
      throw TrainerError(
        .inputOutput,
        "\(paths.config): found other settings than before: another process has changed "
          + "\(paths.directory); try again")
    }
  }

  /// The recorded settings of a rule or schedule that is no longer the one chosen.
  private static func foreignSettings(
    _ settings: [Setting], _ options: TrainCommand
  ) -> Set<String> {
    func value(_ name: String) -> String? {
      settings.first { $0.name == name }?.value.description
    }
    var result: Set<String> = []
    if let kind = value("optimizer").flatMap(OptimizerKind.init(rawValue:)),
      kind != options.optimizer.optimizer
    {
      result.formUnion(Optimizer(kind).settings.map(\.name))
    }
    if let kind = value("lr-schedule").flatMap(LearningRateSchedule.Kind.init(rawValue:)),
      let chosen = options.learningRate.lrSchedule, kind != chosen
    {
      result.formUnion(LearningRateSchedule(kind).settings.map(\.name))
    }
    return result
  }
}
