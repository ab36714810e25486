import Glibc

/// A file operation that failed: the file, the operation and the reason.
public struct FileError: Error, Sendable, Equatable {
  /// The operation that failed.
  public enum Operation: String, Sendable {
    /// Opening a file to read it, or reading.
    case read
    /// Creating or writing a file.
    case write
    /// Taking or testing a lock.
    case lock
    /// Renaming a file.
    case rename
    /// Removing a file.
    case remove
    /// Synchronizing a file's folder to disk.
    ///
    /// The file is written and in place, but may be lost after a crash of the machine.
    case synchronizeFolder
  }

  /// The reason of the failure.
  public enum Reason: Sendable, Equatable {
    /// The system refused, with this value of `errno`.
    case system(Int32)
    /// Something other than the expected was found.
    case unexpected(found: String, expected: String)
  }

  /// The file's path, as it was given.
  public let path: String
  /// The operation that failed.
  public let operation: Operation
  /// The position in the file, such as `byte 12`; nil for the whole file.
  public let place: String?
  /// The reason of the failure.
  public let reason: Reason

  /// Creates an error that the system reported.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - operation: The operation that failed.
  ///   - place: The position in the file, such as `byte 12`; nil for the whole file.
  ///   - code: The value of `errno`.
  public init(_ path: String, _ operation: Operation, place: String? = nil, code: Int32) {
    self.path = path
    self.operation = operation
    self.place = place
    reason = .system(code)
  }

  /// Creates an error for unexpected content.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - operation: The operation that failed.
  ///   - place: The position in the file, such as `byte 12`; nil for the whole file.
  ///   - found: What was found.
  ///   - expected: What was expected.
  public init(
    _ path: String, _ operation: Operation, place: String? = nil, found: String, expected: String
  ) {
    self.path = path
    self.operation = operation
    self.place = place
    reason = .unexpected(found: found, expected: expected)
  }

  /// Gives a refusal of the system the file and the operation that it concerns.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - operation: The operation.
  ///   - place: The position in the file; nil for the whole file.
  ///   - body: The system calls of the operation.
  /// - Returns: The result of `body`.
  /// - Throws: ``FileError``.
  package static func wrapping<Result: ~Copyable>(
    _ path: String, _ operation: Operation, place: String? = nil,
    _ body: () throws(SystemError) -> Result
  ) throws(FileError) -> Result {
    do throws(SystemError) {
      return try body()
    } catch {
      throw FileError(path, operation, place: place, code: error.code)
    }
  }

  /// The same error with another path.
  ///
  /// - Parameter path: The path that the message names.
  /// - Returns: The error.
  package func named(_ path: String) -> FileError {
    switch reason {
    case .system(let code): FileError(path, operation, place: place, code: code)
    case .unexpected(let found, let expected):
      FileError(path, operation, place: place, found: found, expected: expected)
    }
  }

  /// Whether a file or folder that was to be read does not exist.
  public var isMissing: Bool {
    operation == .read
      && (reason == .system(ENOENT) || reason == .system(ENOTDIR))
  }
}

extension FileError: CustomStringConvertible {
  /// One line with the file, the position, and what failed and why, or what was found and expected.
  public var description: String {
    let problem =
      switch reason {
      case .system(let code): "\(failure): \(SystemCall.text(of: code))"
      case .unexpected(let found, let expected): "found \(found), expected \(expected)"
      }
    return "\(path): \(place.map { "\($0): " } ?? "")\(problem)".printable
  }

  private var failure: String {
    switch operation {
    case .read: "cannot be read"
    case .write: "cannot be written"
    case .lock: "cannot be locked"
    case .rename: "cannot be renamed"
    case .remove: "cannot be removed"
    case .synchronizeFolder:
      "its folder cannot be synchronized, so that a crash of the machine may undo it"
    }
  }
}
