import ArgumentParser
import Files
import ImageData
import Training

/// The command `trainer data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Show, download, make or verify data sets, and preview augmented images.",
    subcommands: [
      Info.self, FetchCommand.self, ImportCommand.self, Verify.self, PreviewCommand.self,
    ],
    defaultSubcommand: Info.self)

  /// The command `trainer data info`.
  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a data set's sizes and classes.")

    @OptionGroup var options: DataOptions

    func run() throws {
      let dataset = try Dataset.load(from: options.locate())
      try Console.result(DatasetText.lines(dataset))
      for warning in dataset.warnings { Console.warning(warning.asTyped) }
    }
  }

  /// The command `trainer data verify`.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a data set's files, and their published or recorded digests.")

    @OptionGroup var options: DataOptions

    func run() throws {
      let files = try DatasetVerifier.verify(options.locate())
      for file in files {
        if let problem = file.problem {
          Console.error(words(of: problem))
        } else {
          try Console.result(
            "\(file.path): ok, \(file.unpackedSize ?? 0) bytes, "
              + "SHA-256 \(file.digest ?? "unknown")\(Self.comparison(file.evidence))")
        }
      }
      let problems = files.compactMap(\.problem)
      if let first = problems.first {
        throw TrainerError(
          first.code, "\(problems.count) of \(files.count) files could not be verified")
      }
    }

    /// What a file was compared with, to follow its SHA-256.
    private static func comparison(_ evidence: ExpectedContent.Evidence?) -> String {
      switch evidence {
      case .published: " as published"
      case .packed: ", MD5 of the packed file as published"
      case .recorded: " as \(FetchRecord.fileName) has it"
      case nil: ", no published digest"
      }
    }
  }
}
