import ArgumentParser
import Foundation
import ImageData
import Parallel
import Training

/// The command `trainer data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show, download or verify data sets, and preview augmented images.",
    subcommands: [Info.self, FetchCommand.self, Verify.self, PreviewCommand.self],
    defaultSubcommand: Info.self)

  /// The command `trainer data info`.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a data set's sizes and classes.")

    @OptionGroup var options: DataOptions

    func run() throws {
      let dataset = try Dataset.load(from: options.locate())
      let info = DatasetInfo(dataset)
      try Console.result(
        """
        \(info.name) in \(info.directory)
        \(info.trainingCount) training and \(info.testCount) test images of \
        \(info.imageSize.compact), \(counted(info.classCount, "class")), \(info.byteCount) bytes in \
        memory
        class  training    test
        """)
      for label in 0..<info.classCount {
        try Console.result(
          String(
            format: "%5d  %8d  %6d", label, info.trainingHistogram[label],
            info.testHistogram[label]))
      }
      for warning in dataset.warnings { Console.warning(warning.asTyped) }
    }
  }

  /// The command `trainer data verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a data set's files, and their SHA-256 if one is published.")

    @OptionGroup var options: DataOptions

    func run() throws {
      let files = try DatasetVerifier.verify(options.locate())
      for file in files {
        if let problem = file.problem {
          Console.error(words(of: problem))
        } else {
          try Console.result(
            "\(file.path): ok, \(file.unpackedSize ?? 0) bytes, SHA-256 \(file.digest ?? "unknown")"
              + (file.expectedDigest == nil ? ", no published digest" : " as published"))
        }
      }
      let problems = files.compactMap(\.problem)
      if let first = problems.first {
        throw TrainerError(
          first.code, "\(problems.count) of \(files.count) files are not as expected")
      }
    }
  }
}
