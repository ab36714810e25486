import Files

/// Formats text for a terminal.
package enum TerminalText {
  /// Removes spaces at the end of a text.
  static func trimmed(_ text: String) -> String {
    String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
  }

  /// Wraps a text between words.
  ///
  /// - Parameters:
  ///   - text: The text, of any length.
  ///   - width: The largest number of characters in a line. A longer word is put on its own line.
  ///   - indent: The number of spaces before every line but the first.
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
