import Files

/// Texts of Python's source code.
enum PythonText {
  /// The columns of a line.
  static let width = 100

  /// A string literal.
  ///
  /// - Parameter text: The text.
  /// - Returns: The literal, in which all that could end it or hide something is escaped.
  static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": literal += "\\\(scalar)"
      case _ where scalar.steersTerminal:
        let digits = String(scalar.value, radix: 16)
        literal += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }

  /// Divides a text into lines after spaces.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - width: The most columns of a line, unless a word is longer.
  /// - Returns: The lines, each but the last with the space at its end.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if lines[lines.count - 1].count + word.count > width, lines != [""] { lines.append("") }
      lines[lines.count - 1] += word + " "
    }
    lines[lines.count - 1].removeLast()
    return lines
  }

  /// An assignment of a text.
  ///
  /// - Parameters:
  ///   - name: The variable.
  ///   - text: The text.
  /// - Returns: One line, or several with the text in parentheses.
  static func assignment(_ name: String, _ text: String) -> String {
    let line = "\(name) = \(literal(text))"
    if line.count <= width { return line }
    let parts = lines(text, width: width - 6).map { "    \(literal($0))" }
    return "\(name) = (\n\(parts.joined(separator: "\n"))\n)"
  }

  /// An assignment of a list of texts.
  ///
  /// - Parameters:
  ///   - name: The variable.
  ///   - texts: The texts.
  /// - Returns: One line, or one for each text.
  static func assignment(_ name: String, _ texts: [String]) -> String {
    let literals = texts.map(literal)
    let line = "\(name) = [\(literals.joined(separator: ", "))]"
    if line.count <= width { return line }
    return "\(name) = [\n\(literals.map { "    \($0),\n" }.joined())]"
  }
}
