import Files
import Parallel

/// An error with the exit code that the command ends with.
public struct TrainerError: MessageError, Sendable {
  /// The documented exit codes.
  public enum Code: Int32, Sendable {
    /// The settings are invalid, or contradict each other.
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
  /// The place, what was found and what was expected.
  public let message: Message

  /// The message, with the names of settings in backquotes.
  public var description: String { message.description }

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - code: The exit code.
  ///   - message: The place, what was found and what was expected.
  public init(_ code: Code, _ message: Message) {
    self.code = code
    self.message = message
  }
}

extension TrainerError {
  /// Creates an error from a failed file operation.
  ///
  /// The code is `dataNotFound` if the file does not exist, `badData` if something else than the
  /// expected was read, `refused` if a limit of the process is the reason, which then follows, and
  /// otherwise `inputOutput`.
  ///
  /// - Parameter error: The failed operation.
  package init(_ error: FileError) {
    switch error.reason {
    case .system(let code):
      if let limits = SystemRefusal.limits(behind: code) {
        self.init(.refused, "\(error) (\(limits))")
      } else {
        self.init(error.isMissing ? .dataNotFound : .inputOutput, Message(error.description))
      }
    case .unexpected:
      self.init(error.operation == .read ? .badData : .inputOutput, Message(error.description))
    }
  }
}
