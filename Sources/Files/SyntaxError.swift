/// An error in a text that follows a grammar, such as that of a model.
public struct SyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The most characters of the text that ``marked`` shows.
  private static let excerptLength = 80
  /// The number of them before the error, if not all fit.
  private static let leadingLength = 30

  /// The text.
  public let text: String
  /// The position in the text of the first character that is wrong, from 1.
  public let position: Int
  /// The number of wrong characters; 1 at the end of the text.
  public let length: Int
  /// What was found.
  public let found: String
  /// What was expected.
  public let expected: String

  /// Describes an error.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - position: The position in the text of the first character that is wrong, from 1.
  ///   - length: How many characters are wrong; 1 at the end of the text.
  ///   - found: What was found.
  ///   - expected: What was expected.
  package init(text: String, position: Int, length: Int, found: String, expected: String) {
    self.text = text
    self.position = position
    self.length = length
    self.found = found
    self.expected = expected
  }

  /// One line with the place, what was found and what was expected.
  public var description: String {
    "character \(position): found \(found), expected \(expected)"
  }

  /// Two lines: the text, or the part around the error; and a marker below it, with the
  /// description.
  ///
  /// ```
  /// dense 32 rellu, dense 10
  ///          ^^^^^ character 10: found `rellu`, expected `,` or a modifier: bn, relu, dropout P
  /// ```
  public var marked: String {
    let characters: [Character] = text.map {
      $0.isWhitespace ? " " : String($0).printable.first ?? " "
    }
    let offset = position - 1
    var shown = 0..<characters.count
    if shown.count > Self.excerptLength {
      let first = max(0, min(offset - Self.leadingLength, shown.count - Self.excerptLength))
      shown = first..<first + Self.excerptLength
    }
    let before = shown.lowerBound > 0 ? "... " : ""
    let after = shown.upperBound < characters.count ? " ..." : ""
    let indent = before.count + offset - shown.lowerBound
    let width = max(1, min(length, shown.upperBound - offset))
    return before + String(characters[shown]) + after + "\n"
      + String(repeating: " ", count: indent) + String(repeating: "^", count: width)
      + " \(description)"
  }
}
