import Files

/// A word that may follow a kind's settings: a flag, or a keyword with a whole number.
package struct OptionalWord: Sendable {
  /// The word.
  let keyword: String
  /// The number after it; nil for a flag.
  let setting: IntegerSetting?
  /// The word as messages have it, such as `stride S`.
  let syntax: String

  /// A word that stands alone.
  ///
  /// - Parameter keyword: The word.
  /// - Returns: The flag.
  package static func flag(_ keyword: String) -> OptionalWord {
    OptionalWord(keyword: keyword, setting: nil, syntax: keyword)
  }

  /// A word before a whole number.
  ///
  /// - Parameters:
  ///   - keyword: The word.
  ///   - symbol: The number's name in syntax, such as `S`.
  ///   - kind: The kind that it belongs to, for messages.
  ///   - range: The allowed numbers.
  /// - Returns: The word.
  package static func integer(
    _ keyword: String, _ symbol: String, of kind: String, in range: ClosedRange<Int>
  ) -> OptionalWord {
    OptionalWord(
      keyword: keyword, setting: IntegerSetting("the \(keyword) of \(kind)", in: range),
      syntax: "\(keyword) \(symbol)")
  }
}

/// The optional words that a text has.
package struct OptionalWords: Sendable {
  /// For each keyword its number; 1 for a flag.
  fileprivate var values: [String: Int] = [:]

  /// The number after a keyword; nil if the text does not have it.
  ///
  /// - Parameter keyword: The keyword.
  package subscript(keyword: String) -> Int? { values[keyword] }

  /// Whether the text has a word.
  ///
  /// - Parameter keyword: The word.
  /// - Returns: Whether it does.
  package func contains(_ keyword: String) -> Bool { values[keyword] != nil }
}

extension ModelParser {
  /// Takes optional words in any order, each at most once.
  ///
  /// - Parameter words: What may follow.
  /// - Returns: What follows.
  /// - Throws: ``SyntaxError`` for a word that is repeated or has no number.
  package mutating func options(_ words: OptionalWord...) throws(SyntaxError) -> OptionalWords {
    var found = OptionalWords()
    while let next, let word = words.first(where: { $0.keyword[...] == next }) {
      if found.contains(word.keyword) { throw unexpected("`\(word.keyword)` only once") }
      advance()
      if let setting = word.setting {
        found.values[word.keyword] = try integer(setting.name, in: setting.range)
      } else {
        found.values[word.keyword] = 1
      }
    }
    mayFollow(words.filter { !found.contains($0.keyword) }.map(\.syntax))
    return found
  }
}
