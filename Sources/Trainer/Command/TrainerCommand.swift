import ArgumentParser
import Foundation
import MNISTData
import Model
import Trainer

/// The command: subcommands, and the exit code of every error.
@main
struct TrainerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer",
    abstract: "Trains image classifiers on all cores, with results that do not depend on them.",
    version: TrainerVersion.current,
    subcommands: [TrainCommand.self, EvaluateCommand.self, DataCommand.self, InfoCommand.self],
    defaultSubcommand: TrainCommand.self)

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard let code = exitCode(of: error) else { exit(withError: error) }
      Console.error("\(error)")
      Foundation.exit(code)
    }
  }

  /// The documented code of this project's errors; nil for the parser's own.
  private static func exitCode(of error: any Error) -> Int32? {
    switch error {
    case let error as TrainerError:
      error.code.rawValue
    case let error as DataError:
      switch error.kind {
      case .notFound: TrainerError.Code.dataNotFound.rawValue
      case .invalid: TrainerError.Code.badData.rawValue
      case .unreadable, .transferFailed: TrainerError.Code.inputOutput.rawValue
      case .usage: TrainerError.Code.usage.rawValue
      }
    case let error as WeightsError:
      switch error.kind {
      case .notFound: TrainerError.Code.dataNotFound.rawValue
      case .invalid: TrainerError.Code.badData.rawValue
      case .unreadable, .unwritable: TrainerError.Code.inputOutput.rawValue
      }
    case let error as BLASCoreError:
      switch error {
      case .unknownName, .missingInstructions: TrainerError.Code.usage.rawValue
      case .reexecution: TrainerError.Code.failed.rawValue
      }
    default: nil
    }
  }
}
