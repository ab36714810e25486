import ArgumentParser
import Files
import Foundation
import ImageData
import Model
import Pages
import Parallel
import Runs
import Training

/// The root command: its subcommands, and the exit code of every error.
@main
struct TrainerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainer",
    abstract: "Train image classifiers on all cores. Results do not depend on the number of cores.",
    discussion: """
      Without a subcommand, it trains:

        trainer --threads 8
        trainer --dataset fashion-mnist --epochs 5 --output runs/a
        trainer evaluate --model runs/a/model.safetensors

      `trainer train --help` lists the options of training.

      \(HelpText.exitCodes)

      \(HelpText.datasets)
      """,
    version: "\(BuildDescription.current)",
    subcommands: [
      TrainCommand.self, ConfigCommand.self, EvaluateCommand.self, PredictCommand.self,
      ExportCommand.self, RunsCommand.self, CompareCommand.self, SummaryCommand.self,
      ModelsCommand.self, LRFindCommand.self, MeasureCommand.self, ScaleCommand.self,
      DataCommand.self, InfoCommand.self,
    ],
    defaultSubcommand: TrainCommand.self)

  static func main() {
    StandardStreams.prepare()
    FatalSignals.prepare()
    MemoryLimit.prepareHeap()
    var path: CommandPath?
    let refused = TrainerError.Code.refused.rawValue
    SystemRefusal.whenUnavoidable(
      lastWords: "trainer: error: the system refused memory that the command needs",
      exitCode: refused
    ) { MPIProcess.fail("\($0)", refused) }
    do {
      try ProcessInput.requireUTF8()
      let called = try CommandPath(arguments, root: self)
      path = called
      var command = try called.parsed(root: self)
      try command.run()
      MPIProcess.leave()
    } catch let stopped as StoppedBySignal {
      // Two messages: the line to resume by is no further line of the first one.
      for line in "\(stopped)".split(separator: "\n", maxSplits: 1) { Console.note(String(line)) }
      MPIProcess.leave()
      Foundation.exit(stopped.exitCode)
    } catch let stopped as InterruptedWork {
      Console.note("\(stopped)")
      MPIProcess.leave()
      stopped.endProcess()
    } catch {
      if let code = code(of: error) { MPIProcess.fail(words(of: error), code.rawValue) }
      endAsParser(error, path)
    }
  }

  /// The exit code of this project's errors; nil for other errors.
  private static func code(of error: any Error) -> TrainerError.Code? {
    switch error {
    case let error as TrainerError: error.code
    case let error as DataError: error.code
    case is WeightsError, is CheckpointError: .badData
    case let error as FileError: TrainerError(error).code
    case let error as BLASCoreError:
      switch error {
      case .unknownName, .missingInstructions: .usage
      }
    case let error as InstructionSetError:
      switch error {
      case .otherArchitecture, .unsupported: .usage
      }
    case let error as OpenBLASError:
      switch error.kind {
      case .notFound: .dataNotFound
      case .unusable: .failed
      }
    case is SystemRefusal: .refused
    case let error as CompressionError: error.isRefusal ? .refused : .failed
    default: nil
    }
  }

  private static var arguments: [String] { Array(CommandLine.arguments.dropFirst()) }

  /// Ends like the parser: prints help and version to standard output, and errors to standard
  /// error.
  private static func endAsParser(_ error: any Error, _ path: CommandPath?) -> Never {
    let parserCode = exitCode(for: error)
    if parserCode == .success {
      printAsParser(error)
      Foundation.exit(parserCode.rawValue)
    }
    var message = fullMessage(for: error)
    let prefix = "Error: "
    if message.hasPrefix(prefix) { message.removeFirst(prefix.count) }
    if let path { message = path.explained(message) }
    // An error without a code is an internal error.
    MPIProcess.fail(
      message,
      parserCode == .validationFailure ? parserCode.rawValue : TrainerError.Code.failed.rawValue)
  }

  /// Prints help, the version or a completion script.
  ///
  /// The parser would ignore that standard output cannot be written.
  private static func printAsParser(_ request: any Error) {
    let text =
      CompletionRoot.isRequested(arguments)
      ? CompletionRoot.fullMessage(for: request) : fullMessage(for: request)
    do {
      if !text.isEmpty { try Console.result(text.components(separatedBy: "\n")) }
    } catch {
      MPIProcess.fail(words(of: error), (code(of: error) ?? .failed).rawValue)
    }
  }
}

extension DataError {
  /// The documented exit code of the error.
  var code: TrainerError.Code {
    switch kind {
    case .notFound: .dataNotFound
    case .invalid: .badData
    case .unreadable, .unwritable, .transferFailed, .stopped: .inputOutput
    case .refused: .refused
    case .usage: .usage
    }
  }
}
