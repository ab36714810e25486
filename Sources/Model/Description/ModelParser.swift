/// Reads the text of a ``ModelDescription``.
package struct ModelParser {
  /// The text of a description without layers.
  static let noLayers = "none"
  /// The deepest nesting, far beyond any use; parsing recurses.
  private static let maximumDepth = 100

  private struct Word {
    let text: Substring
    /// The first character's position, from 1.
    let position: Int
  }

  private let words: [Word]
  private let end: Int
  private var index = 0
  private var depth = 0
  private var kindCount = 0

  /// Splits a text into words; commas and parentheses are words of their own.
  init(_ text: String) {
    let text = text.lowercased()
    var words: [Word] = []
    var start: String.Index?
    var position = 0
    var startPosition = 0
    func close(_ index: String.Index) {
      if let first = start {
        words.append(Word(text: text[first..<index], position: startPosition))
      }
      start = nil
    }
    for index in text.indices {
      position += 1
      let character = text[index]
      if character.isWhitespace {
        close(index)
      } else if "(),".contains(character) {
        close(index)
        words.append(Word(text: text[index...index], position: position))
      } else if start == nil {
        start = index
        startPosition = position
      }
    }
    close(text.endIndex)
    self.words = words
    end = position + 1
  }

  /// The next word; nil at the end.
  private var next: Substring? { index < words.count ? words[index].text : nil }

  /// Parses the whole text.
  mutating func wholeModel() throws(ModelTextError) -> [ModelItem] {
    if words.count == 1, next == Self.noLayers[...] { return [] }
    let items = try model()
    if next != nil { throw unexpected("`,` or the end") }
    return items
  }

  /// Parses items up to the end or a closing parenthesis.
  private mutating func model() throws(ModelTextError) -> [ModelItem] {
    var items = [try item()]
    while next == "," {
      index += 1
      items.append(try item())
    }
    return items
  }

  private mutating func item() throws(ModelTextError) -> ModelItem {
    guard let layer = try kind(isModifier: false) else {
      throw unexpected("a layer: \(LayerKinds.syntax(isModifier: false))")
    }
    var kinds = [layer]
    while let next, ![",", ")"].contains(next) {
      guard let modifier = try kind(isModifier: true) else {
        throw unexpected(
          "`,` or a modifier: \(LayerKinds.syntax(isModifier: true))")
      }
      kinds.append(modifier)
    }
    return ModelItem(kinds)
  }

  /// Parses a kind; nil if the next word is the keyword of none.
  private mutating func kind(isModifier: Bool) throws(ModelTextError) -> (any LayerKind)? {
    guard
      let type = LayerKinds.all.first(where: {
        $0.isModifier == isModifier && next == $0.keyword[...]
      })
    else { return nil }
    kindCount += 1
    if kindCount > ModelDescription.maximumLayers {
      throw unexpected("at most \(ModelDescription.maximumLayers) layers and modifiers")
    }
    index += 1
    return try type.init(parsing: &self)
  }

  /// An error at the next word.
  private func unexpected(_ expected: String) -> ModelTextError {
    ModelTextError(
      position: index < words.count ? words[index].position : end,
      found: next.map { "`\($0.prefix(80))`" } ?? "the end", expected: expected)
  }
}

/// The functions with which kinds parse their settings.
extension ModelParser {
  /// Takes a whole number.
  ///
  /// - Parameters:
  ///   - name: What the number is, for the message, such as `the UNITS of dense`.
  ///   - range: The allowed numbers.
  /// - Returns: The number.
  /// - Throws: ``ModelTextError``.
  package mutating func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(ModelTextError) -> Int {
    guard let next, let value = Int(next), range.contains(value) else {
      throw unexpected("\(name), from \(range.lowerBound) to \(range.upperBound)")
    }
    index += 1
    return value
  }

  mutating func product(
    _ name: String, _ first: ClosedRange<Int>, _ second: ClosedRange<Int>
  ) throws(ModelTextError) -> (Int, Int) {
    let parts = (next ?? "").split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let a = Int(parts[0]), let b = Int(parts[1]), first.contains(a),
      second.contains(b)
    else { throw unexpected(name) }
    index += 1
    return (a, b)
  }

  mutating func option(_ words: [Substring]) -> Substring? {
    guard let next, words.contains(next) else { return nil }
    index += 1
    return next
  }

  /// Takes a probability.
  ///
  /// - Parameter name: What the number is, for the message.
  /// - Returns: A number that is at least 0 and less than 1.
  /// - Throws: ``ModelTextError``.
  package mutating func probability(_ name: String) throws(ModelTextError) -> Double {
    guard let next, let value = Double(next), value >= 0, value < 1 else {
      throw unexpected("\(name), at least 0 and less than 1")
    }
    index += 1
    // Negative zero is at least 0, and would be printed.
    return value == 0 ? 0 : value
  }

  /// Takes items in parentheses.
  ///
  /// - Returns: The items, at least one.
  /// - Throws: ``ModelTextError``.
  package mutating func parenthesised() throws(ModelTextError) -> [ModelItem] {
    guard next == "(" else { throw unexpected("`(`") }
    guard depth < Self.maximumDepth else {
      throw unexpected("at most \(Self.maximumDepth) nested blocks")
    }
    index += 1
    depth += 1
    let items = try model()
    guard next == ")" else { throw unexpected("`,` or `)`") }
    index += 1
    depth -= 1
    return items
  }
}

/// An error in the text of a model.
public struct ModelTextError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The character's position in the text, from 1.
  public let position: Int
  /// What was found.
  public let found: String
  /// What was expected.
  public let expected: String

  /// One line with the place, what was found and what was expected.
  public var description: String {
    "character \(position): found \(found), expected \(expected)"
  }
}
