import ArgumentParser
import Files
import Foundation
import ImageData
import Model
import Parallel
import Training

/// The command: subcommands, and the exit code of every error.
@main
struct TrainerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer",
    abstract: "Trains image classifiers on all cores, with results that do not depend on them.",
    discussion: """
      Without a subcommand it trains:

        trainer --threads 8
        trainer --dataset fashion-mnist --epochs 5 --output runs/a
        trainer evaluate --model runs/a/model.safetensors

      `trainer train --help` lists the options of training.

      \(HelpText.exitCodes)

      \(HelpText.datasets)
      """,
    version: "trainer \(TrainerVersion.current)",
    subcommands: [
      TrainCommand.self, ConfigCommand.self, EvaluateCommand.self, PredictCommand.self,
      RunsCommand.self, MeasureCommand.self, ScaleCommand.self, DataCommand.self, InfoCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static func main() {
    StandardStreams.prepare()
    var path: CommandPath?
    let refused = TrainerError.Code.refused.rawValue
    SystemRefusal.whenUnavoidable(
      lastWords: "trainer: error: the system refused memory that the run cannot do without\n",
      exitCode: refused
    ) { Ranks.fail("\($0)", refused) }
    do {
      try ProcessInput.requireUTF8()
      path = try CommandPath(arguments, root: self)
      var command = try parseAsRoot()
      try command.run()
      Ranks.leave()
    } catch let stopped as StoppedBySignal {
      Console.note("\(stopped)")
      Ranks.leave()
      Foundation.exit(stopped.exitCode)
    } catch let stopped as ScalingStopped {
      Console.note("\(stopped)")
      stopped.endProcess()
    } catch {
      if let code = code(of: error) { Ranks.fail("\(error)", code.rawValue) }
      endAsParser(error, path)
    }
  }

  /// The documented code of this project's errors; nil for others.
  private static func code(of error: any Error) -> TrainerError.Code? {
    switch error {
    case let error as TrainerError: error.code
    case let error as DataError: error.code
    case is WeightsError: .badData
    case let error as FileError: error.isMissing ? .dataNotFound : .inputOutput
    case let error as BLASCoreError:
      switch error {
      case .unknownName, .missingInstructions: .usage
      }
    case let error as OpenBLASError:
      switch error.kind {
      case .notFound: .dataNotFound
      case .unusable: .failed
      }
    case is SystemRefusal: .refused
    default: nil
    }
  }

  private static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

  /// Ends as the parser would: help and version on standard output, mistakes on standard error.
  private static func endAsParser(_ error: any Error, _ path: CommandPath?) -> Never {
    let parserCode = exitCode(for: error)
    if parserCode == .success {
      if CompletionRoot.isRequested(arguments) { CompletionRoot.exit(withError: error) }
      exit(withError: error)
    }
    var message = fullMessage(for: error)
    let prefix = "Error: "
    if message.hasPrefix(prefix) { message.removeFirst(prefix.count) }
    if let path { message = path.explained(message) }
    // What neither this project nor the parser has a code for is a fault of the program.
    Ranks.fail(
      message,
      parserCode == .validationFailure ? parserCode.rawValue : TrainerError.Code.failed.rawValue)
  }
}

extension DataError {
  /// The documented exit code.
  var code: TrainerError.Code {
    switch kind {
    case .notFound: .dataNotFound
    case .invalid: .badData
    case .unreadable, .transferFailed: .inputOutput
    case .refused: .refused
    case .usage: .usage
    }
  }
}
