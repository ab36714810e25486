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
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// The file's path, as it was given.
  public let file: String
  /// The byte or field that is wrong; nil where it is the file itself.
  public let place: String?
  /// What was found.
  public let found: String
  /// What was expected.
  public let expected: String

  /// Creates an error.
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
    self.found = found
    self.expected = expected
  }

  /// One line: file, place, found and expected.
  public var description: String {
    "\(file): \(place.map { "\($0): " } ?? "")found \(found), expected \(expected)"
  }
}
