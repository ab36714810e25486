import Files

/// Reads the text of an ``Augmentation``.
struct AugmentationParser {
  /// The text without transforms.
  static let none = "none"
  /// The keyword of the field of displacements.
  static let elastic = "elastic"
  /// The keyword of mirrored images.
  static let flip = "flip"
  private static let elasticSyntax =
    "\(elastic) \(AugmentationNumber.alpha.name)/\(AugmentationNumber.sigma.name)"
  /// All transforms, for messages.
  private static let syntax =
    (AugmentationNumber.ranges.map { "\($0.keyword) \($0.number.name)" } + [elasticSyntax, flip])
    .joined(separator: ", ")

  /// A word, in lower case, and the position of its first character, from 1.
  private struct Word {
    var text = ""
    let position: Int
  }

  private let text: String
  private let words: [Word]
  private var index = 0

  /// Splits a text into words; a comma and a slash are words of their own.
  init(_ text: String) {
    self.text = text
    var words: [Word] = []
    var isOpen = false
    for (offset, character) in text.enumerated() {
      let isSeparator = character == "," || character == "/"
      if character.isWhitespace || isSeparator { isOpen = false }
      if character.isWhitespace { continue }
      if !isOpen { words.append(Word(position: offset + 1)) }
      words[words.count - 1].text += character.lowercased()
      isOpen = !isSeparator
    }
    self.words = words
  }

  private var next: String? { index < words.count ? words[index].text : nil }

  /// Parses the whole text.
  mutating func augmentation() throws(SyntaxError) -> Augmentation {
    if words.count == 1, next == Self.none { return Augmentation() }
    var result = Augmentation()
    var given: Set<String> = []
    while true {
      guard let keyword = next else { throw unexpected("a transform: \(Self.syntax)") }
      if given.contains(keyword) { throw unexpected("each transform once") }
      try transform(keyword, into: &result)
      given.insert(keyword)
      if next == nil { return result }
      guard next == "," else { throw unexpected("`,` or the end") }
      index += 1
    }
  }

  private mutating func transform(
    _ keyword: String, into result: inout Augmentation
  ) throws(SyntaxError) {
    if keyword == Self.flip {
      index += 1
      result.flips = true
    } else if keyword == Self.elastic {
      index += 1
      let alpha = try number(.alpha, of: keyword)
      guard next == "/" else { throw unexpected("`/` and the SIGMA of \(Self.elasticSyntax)") }
      index += 1
      let sigma = try number(.sigma, of: keyword)
      result.elastic = alpha == 0 ? nil : .init(alpha: alpha, sigma: sigma)
    } else if let range = AugmentationNumber.ranges.first(where: { $0.keyword == keyword }) {
      index += 1
      result[keyPath: range.path] = try number(range.number, of: keyword)
    } else {
      throw unexpected("a transform: \(Self.syntax)")
    }
  }

  private mutating func number(
    _ number: AugmentationNumber, of keyword: String
  ) throws(SyntaxError) -> Double {
    guard let value = next.flatMap(Double.init), number.contains(value) else {
      throw unexpected("the \(number.name) of \(keyword), \(number.limits)")
    }
    index += 1
    // Negative zero is at least 0, and would be another text.
    return value == 0 ? 0 : value
  }

  /// An error at the next word.
  private func unexpected(_ expected: String) -> SyntaxError {
    guard index < words.count else {
      return SyntaxError(
        text: text, position: text.count + 1, length: 1, found: "the end", expected: expected)
    }
    let word = words[index]
    return SyntaxError(
      text: text, position: word.position, length: word.text.count,
      found: "`\(word.text.prefix(80))`", expected: expected)
  }
}
