import Files
import Foundation
import Runs
import Training

/// Options from several places: those of the resumed run, a configuration file's, those of the
/// environment, and those of the command line, each of which wins over the ones before.
struct LayeredOptions {
  /// The effective options.
  let options: TrainCommand
  /// The record of the resumed run; nil if there is none.
  let earlier: RunRecord?

  /// Calls a closure with the effective options.
  ///
  /// An error about a value of the configuration file names its line, one of the environment its
  /// variable, and one of the resumed run the field of its record. It has the code `badData` only
  /// if the record is wrong by itself, without the other options.
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
    var layers = try OptionLayers(
      config: options.config, arguments: arguments, environment: environment)
    var effective = try layers.parsed(over: options)
    let recorded = try earlierRun(effective.output)
    if let recorded {
      do {
        layers.record = recorded.options
        effective = try layers.parsed(over: options)
        let kept = recorded.options(for: effective)
        if kept.entries.count < layers.record.entries.count {
          layers.record = kept
          effective = try layers.parsed(over: options)
        }
      } catch  where !(error is any MessageError) {
        // The parser's error.
        throw recorded.refusedValue() ?? error
      }
    }
    do {
      return try body(LayeredOptions(options: effective, earlier: recorded?.record))
    } catch let error as any MessageError {
      throw recorded?.mistake(behind: error) ?? layers.located(error)
    }
  }

  /// The options of the run that is resumed; nil if there is none.
  private static func earlierRun(_ output: OutputOptions) throws -> RecordedOptions? {
    guard let directory = output.output, output.resume else { return nil }
    return try RecordedOptions(directory: directory)
  }

  /// Checks, while holding the lock, that the directory still has what the options were taken from.
  ///
  /// - Parameter paths: The directory's files.
  /// - Throws: `TrainerError` if another process has changed it.
  func requireUnchanged(_ paths: RunPaths) throws {
    guard try RunRecord.readIfPresent(path: paths.config)?.settings == earlier?.settings else {
      throw TrainerError(
        .inputOutput,
        "\(paths.config): found other settings than before: another process has changed "
          + "\(paths.directory); try again")
    }
  }
}
