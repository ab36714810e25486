extension String {
  /// The text with U+FFFD for each character that could steer a terminal or break a table's line.
  ///
  /// Names of files and texts from files may hold such characters.
  package var printable: String { printable(keeping: "") }

  /// The text with U+FFFD for each character that could steer a terminal.
  ///
  /// - Parameter kept: Characters that stay, as line feeds between lines.
  /// - Returns: The text, printable.
  package func printable(keeping kept: String) -> String {
    // Most texts are plain ASCII.
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
    let kept = kept.unicodeScalars
    return String(
      UnicodeScalarView(
        unicodeScalars.map { $0.steersTerminal && !kept.contains($0) ? "\u{FFFD}" : $0 }))
  }

  /// A JSON text that says the same without a character that could steer a terminal; encoders leave
  /// some as they are.
  ///
  /// Line feeds stay: they stand between values, as strings have none.
  package var printableJSON: String {
    var text = ""
    for scalar in unicodeScalars {
      if scalar != "\n", scalar.steersTerminal {
        text += scalar.jsonEscape
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Whether a terminal might do something else than to show the character: control characters,
  /// separators of lines, and the invisible ones that change how others are shown.
  package var steersTerminal: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  /// The character as a JSON string may always have it: `\u` and the UTF-16 code unit, or two.
  package var jsonEscape: String {
    UTF16.encode(self).map { units in
      units.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    } ?? ""
  }
}
