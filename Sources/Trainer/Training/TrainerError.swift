import Files

/// An error with the exit code that the command ends with.
public struct TrainerError: Error, CustomStringConvertible, Sendable {
  /// The documented exit codes.
  public enum Code: Int32, Sendable {
    /// The options are invalid, or contradict each other.
    case usage = 64
    /// The content of an input file is invalid.
    case badData = 65
    /// An input file was not found.
    case dataNotFound = 66
    /// The run cannot continue: training diverged, or the program has a fault.
    case failed = 70
    /// The system refused memory, threads or file descriptors.
    case refused = 71
    /// Input or output failed.
    case inputOutput = 74
  }

  /// The exit code.
  public let code: Code
  /// The message: the place, what was found and what was expected.
  public let description: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: The exit code.
  ///   - description: The message: the place, what was found and what was expected.
  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

extension TrainerError {
  /// Creates an error from a failed file operation: `dataNotFound` if the file does not exist,
  /// otherwise `inputOutput`.
  ///
  /// - Parameter error: The failed operation.
  package init(_ error: FileError) {
    self.init(error.isMissing ? .dataNotFound : .inputOutput, error.description)
  }
}

/// The version of the trainer, as in records and in the output of `--version`.
package enum TrainerVersion {
  /// The current version.
  package static let current = "0.1.0"
}
