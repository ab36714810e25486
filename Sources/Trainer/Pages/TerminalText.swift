import Files

/// Text for a terminal.
package enum TerminalText {
  /// Text without blanks at its end.
  static func trimmed(_ text: String) -> String {
    String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
  }

  /// Breaks a text between words.
  ///
  /// - Parameters:
  ///   - text: The text, of any length.
  ///   - width: The most characters of a line; a word of more stands alone, uncut.
  ///   - indent: Blanks before every line but the first.
  /// - Returns: The lines, at least one.
  package static func wrapped(_ text: String, width: Int, indent: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.printable.split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      }
    }
    return lines + [line]
  }
}
