/// A text that a user has written, with a mark below the part that is wrong.
package struct MarkedText: Sendable {
  /// The most characters of the text that are shown.
  private static let excerptLength = 80
  /// How many of them are before the part, if all do not fit.
  private static let leadingLength = 30

  /// The text.
  private let text: String
  /// The position of the first character that is wrong, from 1.
  private let position: Int
  /// How many characters are wrong, at least 1.
  private let length: Int

  /// Marks a part of a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - position: The position of the first character that is wrong, from 1.
  ///   - length: How many characters are wrong; 1 at the end of the text.
  package init(_ text: String, at position: Int, length: Int) {
    self.text = text
    self.position = position
    self.length = length
  }

  /// Two lines: the text, or the part around the mark; and the mark below it, with a note.
  ///
  /// ```
  /// dense 32 rellu, dense 10
  ///          ^^^^^ character 10: found `rellu`, expected `,` or a modifier: bn, relu, dropout P
  /// ```
  ///
  /// - Parameter note: What is said after the mark.
  /// - Returns: The lines.
  package func lines(_ note: String) -> String {
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
      + String(repeating: " ", count: indent) + String(repeating: "^", count: width) + " \(note)"
  }
}
