import ArgumentParser
import Foundation
import Model
import Trainer

/// Options from several places: those of the run that goes on, a configuration file's, and those of the
/// command line, each of which wins over the ones before.
enum LayeredOptions {
  /// Does something with the effective options; errors about a value of the configuration file name its
  /// line.
  ///
  /// - Parameters:
  ///   - options: The command line's alone.
  ///   - arguments: The command line, without the names of program and subcommand.
  ///   - body: Gets the effective options.
  /// - Returns: What `body` returns.
  /// - Throws: `TrainerError`, or the parser's error, for what cannot be, and what `body` throws.
  static func resolve<Value>(
    _ options: TrainCommand, arguments: [String] = ownArguments,
    _ body: (TrainCommand) throws -> Value
  ) throws -> Value {
    let file = try options.config.map { try ConfigurationFile(path: $0) }
    do {
      return try body(
        try effective(options, file: file?.arguments ?? [], arguments: arguments))
    } catch {
      throw file?.located(error, commandLine: arguments) ?? error
    }
  }

  /// Puts the layers together.
  private static func effective(
    _ options: TrainCommand, file: [String], arguments: [String]
  ) throws -> TrainCommand {
    let record = try earlierRun(options.output)
    if record == nil, file.isEmpty { return options }
    // The last of several values wins.
    let given = file + arguments
    guard let record else { return try TrainCommand.parse(given) }
    let settings = record.settings.map { Setting($0.key, $0.value) }
    let resolved = try TrainCommand.parse(settings.map(\.argument).sorted() + given)
    // Another rule has other settings: that the rule differs is then the error to tell.
    let foreign = foreignSettings(settings, resolved)
    if foreign.isEmpty { return resolved }
    return try TrainCommand.parse(
      settings.filter { !foreign.contains($0.name) }.map(\.argument).sorted() + given)
  }

  private static func earlierRun(_ output: OutputOptions) throws -> RunRecord? {
    guard let directory = output.output, output.resume else { return nil }
    let path = RunDirectory.Paths(directory: directory).config
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try RunRecord.read(path: path)
  }

  /// The process's arguments without the names of program and subcommand.
  static var ownArguments: [String] {
    let rest = CommandLine.arguments.dropFirst()
    return Array(rest.first == "train" ? rest.dropFirst() : rest)
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
      result.formUnion(Optimizer(kind).usedSettings.map(\.name))
    }
    if let kind = value("lr-schedule").flatMap(LearningRateSchedule.Kind.init(rawValue:)),
      kind != options.learningRate.lrSchedule
    {
      var schedule = LearningRateSchedule()
      schedule.kind = kind
      result.formUnion(schedule.usedSettings.map(\.name))
    }
    return result
  }
}
