import Files
import Training

/// The paths of two groups of models on a command line, divided by `--`.
struct ComparedPaths {
  /// The paths of group A.
  let first: [String]
  /// The paths of group B.
  let second: [String]

  /// The paths of A, then those of B.
  var all: [String] { first + second }

  /// The error about a group that is not there.
  static let missingGroup = TrainerError(
    .usage, "two groups are needed, with -- between them: trainer compare A ... -- B ...")

  /// Divides paths.
  ///
  /// The parser does not take two lists. It takes all words after `--` as the last ones of the only
  /// list.
  ///
  /// - Parameters:
  ///   - paths: The paths of both groups, as the parser has them.
  ///   - arguments: The whole command line.
  /// - Throws: `TrainerError` for a group without paths, an option after `--`, or a path that is
  ///   given twice.
  init(_ paths: [String], arguments: [String]) throws {
    guard let divider = arguments.firstIndex(of: "--") else { throw Self.missingGroup }
    second = Array(arguments[(divider + 1)...])
    first = Array(paths.dropLast(second.count))
    if first.isEmpty || second.isEmpty { throw Self.missingGroup }
    if let option = second.first(where: { $0.hasPrefix("--") }) {
      throw TrainerError(
        .usage,
        "found \(option) after --, where models are expected; options come before the models")
    }
    try ModelPaths.requireDistinct(all)
  }
}
