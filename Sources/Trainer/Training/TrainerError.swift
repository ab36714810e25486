import Files

/// An error with the exit code that the command ends with.
public struct TrainerError: Error, CustomStringConvertible, Sendable {
  /// The documented exit codes.
  public enum Code: Int32, Sendable {
    /// The command line asks for something that cannot be.
    case usage = 64
    /// The data, or a weights file, is not what it should be.
    case badData = 65
    /// The data is not there.
    case dataNotFound = 66
    /// The run cannot go on.
    case failed = 70
    /// The system refused memory, threads or file descriptors.
    case refused = 71
    /// Input or output failed.
    case inputOutput = 74
  }

  /// The exit code.
  public let code: Code
  /// What happened: where, what was found, what was expected.
  public let description: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: The exit code.
  ///   - description: What happened: where, what was found, what was expected.
  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

extension TrainerError {
  /// A file operation that failed, with the exit code for it.
  ///
  /// - Parameter error: The failure.
  package init(_ error: FileError) {
    self.init(error.isMissing ? .dataNotFound : .inputOutput, error.description)
  }
}
