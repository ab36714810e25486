import Parallel

/// Why a weights file could not be read or written.
public struct WeightsError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, which decides the exit code.
  public enum Kind: Sendable {
    /// No such file.
    case notFound
    /// The content, or what was to be written, is not a valid weights file or not the one wanted.
    case invalid
    /// The system would not let it be read.
    case unreadable
    /// The system would not let it be written.
    case unwritable
    /// It is written and in its place, but it is not known whether its name is on disk.
    case unsynchronised
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The file's path, as it was given.
  public let file: String
  /// The byte or field that is wrong; nil where it is the file itself.
  public let place: String?
  /// What was found, and what was expected in its place; or what could not be done, and why.
  public let problem: String

  /// Creates an error of content.
  ///
  /// - Parameters:
  ///   - kind: What kind of failure it is.
  ///   - file: The file's path.
  ///   - place: The byte or field that is wrong; nil where it is the file itself.
  ///   - found: What was found.
  ///   - expected: What was expected.
  public init(
    _ kind: Kind, file: String, place: String? = nil, found: String, expected: String
  ) {
    self.kind = kind
    self.file = file
    self.place = place
    problem = "found \(found), expected \(expected)"
  }

  /// Creates an error of the system.
  ///
  /// - Parameters:
  ///   - kind: What kind of failure it is.
  ///   - file: The file's path.
  ///   - place: The byte where it happened; nil where it is the file itself.
  ///   - code: The value of `errno`.
  init(_ kind: Kind, file: String, place: String? = nil, code: Int32) {
    self.kind = kind
    self.file = file
    self.place = place
    let reason = SystemCall.text(of: code)
    problem =
      switch kind {
      case .unwritable: "cannot be written: \(reason)"
      case .unsynchronised:
        "its folder cannot be synchronised, so that a crash of the machine may undo it: \(reason)"
      case .notFound, .unreadable, .invalid: "cannot be read: \(reason)"
      }
  }

  /// One line: file, place and problem.
  public var description: String {
    "\(file): \(place.map { "\($0): " } ?? "")\(problem)".printable
  }
}
