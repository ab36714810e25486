/// A word of a model's text.
struct ModelWord {
  /// The word in lower case.
  let text: Substring
  /// The first character's position, from 1.
  let position: Int

  /// The words of a text; commas and parentheses are words of their own.
  ///
  /// - Parameter text: The text.
  /// - Returns: The words in order.
  static func all(of text: String) -> [ModelWord] {
    var words: [ModelWord] = []
    var start: String.Index?
    var position = 0
    var startPosition = 0
    func close(_ index: String.Index) {
      if let first = start {
        words.append(
          ModelWord(text: text[first..<index].lowercased()[...], position: startPosition))
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
        words.append(ModelWord(text: text[index...index], position: position))
      } else if start == nil {
        start = index
        startPosition = position
      }
    }
    close(text.endIndex)
    return words
  }
}
