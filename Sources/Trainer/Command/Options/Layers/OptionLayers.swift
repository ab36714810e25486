import ArgumentParser
import Files
import Foundation
import Model
import Training

/// The options of a run's record, of a configuration file and of the environment, each of which wins
/// over the ones before, and those of the command line, which win over all.
struct OptionLayers {
  /// The options of the resumed run.
  var record = GivenOptions(entries: [])

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
      GivenOptions(entries: options.entries.filter { isKnown($0.name) })
    }
    commandLine = arguments
  }

  /// Parses all options together.
  ///
  /// - Parameter command: A command, as the command line alone gives it.
  /// - Returns: The command with all options.
  /// - Throws: `TrainerError` with the place for a value that cannot be; the parser's error for one
  ///   of the command line or of the record.
  func parsed<Command: TrainingOptions & ParsableArguments>(
    over command: Command
  ) throws -> Command {
    let arguments = places.flatMap(\.arguments)
    if arguments.isEmpty { return command }
    do {
      var options = try Command.parse(arguments + commandLine)
      options.model = try .layered(places.map { try $0.model() } + [command.model])
      return options
    } catch let error as TrainerError {
      throw located(error)
    } catch {
      throw given.reversed().lazy.compactMap { $0.refusedValue() }.first ?? error
    }
  }

  /// Names the place of the option that an error is about.
  ///
  /// - Parameter error: What a check of the options found wrong.
  /// - Returns: The error with the place; the same error if it is not about an option of a place.
  func located(_ error: any MessageError) -> any Error {
    guard (error as? TrainerError)?.code == .usage || error is BLASCoreError else { return error }
    let words = error.message.asTyped
    for (index, options) in places.enumerated().reversed() {
      let winning = places[(index + 1)...].flatMap(\.arguments) + commandLine
      if let place = options.place(of: words, overriddenBy: winning) {
        return TrainerError(.usage, "\(place): \(words)")
      }
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
