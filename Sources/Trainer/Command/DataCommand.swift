import ArgumentParser
import Foundation
import MNISTData
import Trainer

/// `trainer data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Show, download or verify data sets.",
    subcommands: [Info.self, FetchCommand.self, Verify.self], defaultSubcommand: Info.self)

  /// `trainer data info`.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a data set's sizes and classes.")

    @OptionGroup var options: DataOptions

    func run() throws {
      let info = DatasetInfo(try Dataset.load(from: options.locate()))
      try Console.result(
        """
        \(info.name) in \(info.directory)
        \(info.trainingCount) training and \(info.testCount) test images of \
        \(info.rows)x\(info.columns), \(info.classCount) classes, \(info.byteCount) bytes in memory
        class  training    test
        """)
      for label in 0..<info.classCount {
        try Console.result(
          String(
            format: "%5d  %8d  %6d", label, info.trainingHistogram[label],
            info.testHistogram[label]))
      }
    }
  }

  /// `trainer data verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a data set's files, and their SHA-256 where one is published.")

    @OptionGroup var options: DataOptions

    func run() throws {
      var problems = 0
      for file in try DatasetVerifier.verify(options.locate()) {
        if let problem = file.problem {
          problems += 1
          Console.error("\(problem)")
        } else {
          try Console.result(
            "\(file.path): ok, \(file.unpackedSize ?? 0) bytes, SHA-256 \(file.digest ?? "unknown")"
              + (file.expectedDigest == nil ? ", no published digest" : " as published"))
        }
      }
      if problems > 0 {
        throw TrainerError(.badData, "\(problems) of 4 files are not what they should be")
      }
    }
  }
}
