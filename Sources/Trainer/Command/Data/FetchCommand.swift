import ArgumentParser
import Fetching
import Files
import Foundation
import ImageData
import Training

/// The command `trainer data fetch`.
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Download a data set from its public mirrors.")

  @Argument(
    help: "\(KnownDataset.choice).", completion: .list(KnownDataset.all.map(\.name)))
  var name: String

  @Option(
    help: ArgumentHelp(
      "The address of a directory with the published files, instead of the public mirrors.",
      valueName: "url"))
  var mirror: String?

  @Option(
    help: ArgumentHelp(
      "The directory for the files (default: the user's cache, where the trainer finds them).",
      valueName: "dir"),
    completion: .directory)
  var directory: String?

  @Flag(help: "Keep EMNIST's images as they are published, with rows and columns swapped.")
  var transposed = false

  func run() throws {
    if let directory {
      try OutputPath(option: "--directory", path: directory).requireNoDataset()
    }
    let environment = ProcessInfo.processInfo.environment
    guard
      let directory = directory
        ?? DatasetLocator.cacheDirectory(
          for: KnownDataset.matching(name)?.name ?? name, environment: environment)
    else {
      let cache = (environment["XDG_CACHE_HOME"] ?? "").isEmpty ? "set" : "an absolute path"
      throw TrainerError(
        .usage,
        "XDG_CACHE_HOME is not \(cache) and HOME is not set; give a directory with --directory")
    }
    let redraws = Console.canRedraw
    if redraws { StopSignals.endLine() }
    let timer = RedrawTimer()
    let files = try DatasetFetcher.fetch(
      name: name, mirror: mirror, keepsTransposed: transposed, into: directory
    ) { news in
      switch news {
      case .waiting(let directory):
        Console.note(
          "waiting for the lock of \(directory), which another fetch or program holds")
      case .received(let name, let source, let bytes, let expected):
        if redraws, timer.isDue() {
          let line = Self.progress(name, from: source, bytes: bytes, expected: expected)
          Console.drawProgress { columns in String(line.prefix(columns)) }
        }
      case .extracting(let name):
        if redraws {
          Console.drawProgress { columns in String("extracting \(name)".prefix(columns)) }
        }
      case .mirrorFailed(let name, let error):
        Console.warning("\(name): \(error)")
      case .done:
        Console.eraseProgress()
      }
    }
    try Console.result(files.map { "\($0.path): \(Self.result(of: $0))" })
  }

  /// What was done with a file, and how much is known of it.
  private static func result(of file: FetchedFile) -> String {
    let outcome =
      switch file.outcome {
      case .kept: "already there"
      case .fetched: file.isExtracted ? "extracted" : "fetched"
      case .replaced(_, let problem): replacement(for: problem)
      }
    let digest = file.digest.map { "; SHA-256 \($0)" } ?? ""
    if file.isExtracted { return "\(outcome), MD5 of the zip file verified\(digest)" }
    switch file.evidence {
    case .published:
      if case .replaced = file.outcome { return outcome }
      return "\(outcome), verified"
    case .packed: return "\(outcome), MD5 verified\(digest)"
    case .recorded: return "\(outcome), SHA-256 as \(FetchRecord.fileName) has it"
    case nil: return "\(outcome), no digest to compare with\(digest)"
    }
  }

  /// That a file was replaced, and why.
  private static func replacement(for problem: DataError?) -> String {
    switch problem?.kind {
    case nil: "replaced together with the others"
    case .unreadable, .refused: "replaced: the existing file could not be read"
    default: "replaced: the existing file was not the published one"
    }
  }

  /// The progress of a file.
  ///
  /// A narrow terminal cuts off only the address.
  static func progress(
    _ file: String, from source: String, bytes: Int, expected: Int?
  ) -> String {
    let share = expected.map { " of \($0)" } ?? ""
    let percentage =
      expected.map { $0 > 0 ? "  \(Int(100 * Double(bytes) / Double($0))) %" : "" } ?? ""
    return "\(bytes)\(share) bytes\(percentage)  \(file) from \(source)"
  }
}
