import Files

/// Reads the text of a ``ModelDescription``.
package struct ModelParser {
  /// The text of a description without layers.
  static let noLayers = "none"
  /// The deepest nesting, far beyond any use; parsing recurses.
  private static let maximumDepth = 100

  private let text: String
  private let words: [ModelWord]
  private var index = 0
  private var depth = 0
  private var kindCount = 0
  /// The optional words that may still follow, for messages about the next word.
  private var optionalWords: (index: Int, syntax: [String]) = (0, [])

  /// Splits a text into words.
  init(_ text: String) {
    self.text = text
    words = ModelWord.all(of: text)
  }

  /// The next word; nil at the end.
  var next: Substring? { index < words.count ? words[index].text : nil }

  /// Goes to the word after the next one.
  mutating func advance() {
    index += 1
  }

  /// Parses the whole text.
  mutating func wholeModel() throws(SyntaxError) -> [ModelItem] {
    if words.count == 1, next == Self.noLayers[...] { return [] }
    let items = try model()
    if next != nil { throw unexpected("`,` or the end") }
    return items
  }

  /// Parses items up to the end or a closing parenthesis.
  private mutating func model() throws(SyntaxError) -> [ModelItem] {
    var items = [try item()]
    while next == "," {
      advance()
      items.append(try item())
    }
    return items
  }

  private mutating func item() throws(SyntaxError) -> ModelItem {
    guard let layer = try kind(isModifier: false) else {
      throw unexpected("a layer: \(LayerKinds.syntax(isModifier: false))")
    }
    var kinds = [layer]
    while let next, ![",", ")"].contains(next) {
      guard let modifier = try kind(isModifier: true) else {
        let options = optionalWords.index == index ? optionalWords.syntax : []
        throw unexpected(
          options.map { "`\($0)`, " }.joined()
            + "`,` or a modifier: \(LayerKinds.syntax(isModifier: true))")
      }
      kinds.append(modifier)
    }
    return ModelItem(kinds)
  }

  /// Parses a kind; nil if the next word is the keyword of none.
  private mutating func kind(isModifier: Bool) throws(SyntaxError) -> (any LayerKind)? {
    guard
      let type = LayerKinds.all.first(where: {
        $0.isModifier == isModifier && next == $0.keyword[...]
      })
    else { return nil }
    kindCount += 1
    if kindCount > ModelDescription.maximumLayers {
      throw unexpected("at most \(ModelDescription.maximumLayers) layers and modifiers")
    }
    advance()
    return try type.init(parsing: &self)
  }

  /// Remembers which optional words may follow.
  mutating func mayFollow(_ syntax: [String]) {
    optionalWords = (index, syntax)
  }

  /// An error at the next word, or at a part of it.
  ///
  /// - Parameters:
  ///   - expected: What was expected.
  ///   - part: The part; nil for the whole word.
  /// - Returns: The error.
  func unexpected(_ expected: String, at part: Substring? = nil) -> SyntaxError {
    guard index < words.count else {
      return SyntaxError(
        text: text, position: text.count + 1, length: 1, found: "the end", expected: expected)
    }
    let word = words[index]
    let part = part ?? word.text
    let offset = word.text.distance(from: word.text.startIndex, to: part.startIndex)
    return SyntaxError(
      text: text, position: word.position + offset, length: part.count,
      found: "`\(part.prefix(80))`", expected: expected)
  }
}

/// The functions with which kinds parse their settings.
extension ModelParser {
  /// Takes items in parentheses.
  ///
  /// - Returns: The items, at least one.
  /// - Throws: ``SyntaxError``.
  package mutating func parenthesized() throws(SyntaxError) -> [ModelItem] {
    guard next == "(" else { throw unexpected("`(`") }
    guard depth < Self.maximumDepth else {
      throw unexpected("at most \(Self.maximumDepth) nested blocks")
    }
    advance()
    depth += 1
    let items = try model()
    guard next == ")" else { throw unexpected("`,` or `)`") }
    advance()
    depth -= 1
    return items
  }
}
