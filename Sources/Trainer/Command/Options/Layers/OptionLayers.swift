import ArgumentParser
import Foundation
import Training

/// The options of a run's record, of a configuration file and of the environment, each of which wins
/// over the ones before, and those of the command line, which win over all.
struct OptionLayers {
  /// The options of the resumed run.
  var record = GivenOptions(entries: [], source: .record)

  private let given: [GivenOptions]
  private let commandLine: [String]
  private var places: [GivenOptions] { [record] + given }

  /// Reads those of the configuration file and of the environment.
  ///
  /// - Parameters:
  ///   - config: The configuration file that the command line names; nil if it names none.
  ///   - arguments: The command line, without the names of program and subcommand.
  ///   - environment: The environment variables.
  ///   - isKnown: Whether the command has an option; others are left out.
  /// - Throws: `TrainerError` for a file that cannot be read, or for an option that cannot be.
  init(
    config: String?, arguments: [String],
    environment: [String: String] = ProcessInfo.processInfo.environment,
    isKnown: (String) -> Bool = { _ in true }
  ) throws {
    let variables = try EnvironmentOptions(environment)
    for warning in variables.warnings { Console.warning(warning) }
    let file = try (config ?? variables.config).map { try ConfigurationFile(path: $0) }
    given = [file?.options, variables.options].compactMap(\.self).map { options in
      GivenOptions(entries: options.entries.filter { isKnown($0.name) }, source: options.source)
    }
    commandLine = arguments
  }

  /// Parses all options together.
  ///
  /// - Parameter command: A command, as the command line alone gives it.
  /// - Returns: The command with all options.
  /// - Throws: The parser's error; `TrainerError` for shorthands that do not fit a model.
  func parsed<Command: TrainingOptions & ParsableArguments>(
    over command: Command
  ) throws -> Command {
    let layers = places.map(\.arguments) + [commandLine]
    if layers.dropLast().allSatisfy(\.isEmpty) { return command }
    var options = try Command.parse(layers.flatMap { $0 })
    options.model = try .layered(layers.map { try Command.parse($0).model })
    return options
  }

  /// Names the place of the option that an error is about.
  ///
  /// - Parameter error: The error.
  /// - Returns: The error with the place; the same error if it is not about an option of a place.
  func located(_ error: any Error) -> any Error {
    for (index, options) in places.enumerated().reversed() {
      let winning = places[(index + 1)...].flatMap(\.arguments) + commandLine
      if let found = options.located(error, overriddenBy: winning) { return found }
    }
    return error
  }

  /// The process's arguments without the names of program and subcommand.
  ///
  /// - Parameter command: The name of the subcommand; it may be left out if it is the default.
  /// - Returns: The arguments.
  static func commandLine(of command: String) -> [String] {
    let rest = CommandLine.arguments.dropFirst()
    return Array(rest.first == command ? rest.dropFirst() : rest)
  }
}
