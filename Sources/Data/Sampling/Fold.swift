import Files

/// One part of a training set that is divided for cross-validation.
///
/// Its text is `k/K`, such as `2/5` for the second of five parts. Printing and parsing are inverse.
public struct Fold: Sendable, Equatable, CustomStringConvertible {
  /// The part's number, from 1 to ``count``.
  public var number: Int
  /// The number of parts, at least 2.
  public var count: Int

  /// Names a part.
  ///
  /// - Parameters:
  ///   - number: The part's number, from 1 to `count`.
  ///   - count: The number of parts, at least 2.
  public init(_ number: Int, of count: Int) {
    self.number = number
    self.count = count
  }

  /// Parses a text.
  ///
  /// - Parameter text: The text.
  /// - Throws: `SyntaxError` with the place, what was found and what was expected.
  public init(_ text: String) throws(SyntaxError) {
    let slash = text.firstIndex(of: "/") ?? text.endIndex
    let first = text[..<slash]
    guard let number = Self.whole(first) else {
      throw Self.unexpected(first, in: text, "the number of a fold, as in 1/5")
    }
    guard slash < text.endIndex else {
      throw Self.unexpected(text[slash...], in: text, "`/` and the number of folds, as in 1/5")
    }
    let second = text[text.index(after: slash)...]
    guard let count = Self.whole(second), count >= 2 else {
      throw Self.unexpected(second, in: text, "the number of folds, at least 2")
    }
    guard (1...count).contains(number) else {
      throw Self.unexpected(first, in: text, "the number of a fold, from 1 to \(count)")
    }
    self.init(number, of: count)
  }

  /// The text.
  public var description: String { "\(number)/\(count)" }

  /// Whether there are at least two parts, and this is one of them.
  package var isAllowed: Bool { count >= 2 && (1...count).contains(number) }

  /// The limits in words.
  package static let limits = "k/K with K at least 2 and k from 1 to K"

  /// A number of digits alone: no sign makes another text of the same fold.
  private static func whole(_ text: Substring) -> Int? {
    text.allSatisfy { $0.isASCII && $0.isWholeNumber } ? Int(text) : nil
  }

  private static func unexpected(
    _ part: Substring, in text: String, _ expected: String
  ) -> SyntaxError {
    let found =
      if !part.isEmpty {
        "`\(part.prefix(80))`"
      } else if part.endIndex < text.endIndex {
        "`\(text[part.endIndex])`"
      } else {
        "the end"
      }
    return SyntaxError(
      text: text, position: text.distance(from: text.startIndex, to: part.startIndex) + 1,
      length: max(1, part.count), found: found, expected: expected)
  }
}
