import Files

/// A weights file, or content for one, that is not valid or does not fit its purpose.
public struct WeightsError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file's path, as it was given.
  public let file: String
  /// The byte or field that is wrong; nil for the file itself.
  public let place: String?
  /// What was found, and what was expected instead.
  public let problem: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - file: The file's path.
  ///   - place: The byte or field that is wrong; nil for the file itself.
  ///   - found: What was found.
  ///   - expected: What was expected.
  public init(file: String, place: String? = nil, found: String, expected: String) {
    self.file = file
    self.place = place
    problem = "found \(found), expected \(expected)"
  }

  /// One line: file, place and problem.
  public var description: String {
    "\(file): \(place.map { "\($0): " } ?? "")\(problem)".printable
  }
}
