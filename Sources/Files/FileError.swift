import Glibc

/// An operation on a file that failed: on which file, what was tried, and why it failed.
public struct FileError: Error, Sendable, Equatable {
  /// What was tried.
  public enum Operation: String, Sendable {
    /// Opening a file to read it, or reading.
    case read
    /// Making a file, or writing.
    case write
    /// Listing a folder.
    case list
    /// Taking or asking for a lock.
    case lock
    /// Giving a file another name.
    case rename
    /// Removing a file.
    case remove
    /// Putting a file's name on disk: the file is written and in its place, but may not be there
    /// after a crash of the machine.
    case synchroniseFolder
  }

  /// Why it failed.
  public enum Reason: Sendable, Equatable {
    /// The system refused, with this value of `errno`.
    case system(Int32)
    /// Something other than what was expected is there.
    case unexpected(found: String, expected: String)
  }

  /// The file's path, as it was given.
  public let path: String
  /// What was tried.
  public let operation: Operation
  /// The byte where it happened; nil for the whole file.
  public let place: String?
  /// Why it failed.
  public let reason: Reason

  /// Creates an error of the system.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - operation: What was tried.
  ///   - place: The byte where it happened; nil for the whole file.
  ///   - code: The value of `errno`.
  public init(_ path: String, _ operation: Operation, place: String? = nil, code: Int32) {
    self.path = path
    self.operation = operation
    self.place = place
    reason = .system(code)
  }

  /// Creates an error of something unexpected.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - operation: What was tried.
  ///   - place: The byte where it happened; nil for the whole file.
  ///   - found: What is there.
  ///   - expected: What was expected.
  public init(
    _ path: String, _ operation: Operation, place: String? = nil, found: String, expected: String
  ) {
    self.path = path
    self.operation = operation
    self.place = place
    reason = .unexpected(found: found, expected: expected)
  }

  /// Whether a file that was to be read does not exist.
  public var isMissing: Bool {
    (operation == .read || operation == .list)
      && (reason == .system(ENOENT) || reason == .system(ENOTDIR))
  }
}

extension FileError: CustomStringConvertible {
  /// One line: the file, the place, and what could not be done and why, or what was found there.
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
    case .list: "cannot be listed"
    case .lock: "cannot be locked"
    case .rename: "cannot be renamed"
    case .remove: "cannot be removed"
    case .synchroniseFolder:
      "its folder cannot be synchronised, so that a crash of the machine may undo it"
    }
  }
}
