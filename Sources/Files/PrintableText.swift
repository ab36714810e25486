extension String {
  /// The text with U+FFFD in place of characters that could control a terminal or break a line of a
  /// table.
  ///
  /// Names of files, and texts from files, may contain such characters.
  package var printable: String { printable(keeping: "") }

  /// The text with U+FFFD in place of characters that could control a terminal.
  ///
  /// - Parameter kept: Characters to keep, for example line feeds.
  /// - Returns: The text, printable.
  package func printable(keeping kept: String) -> String {
    // Fast path: most texts are plain ASCII.
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
    let kept = kept.unicodeScalars
    return String(
      UnicodeScalarView(
        unicodeScalars.map { $0.steersTerminal && !kept.contains($0) ? "\u{FFFD}" : $0 }))
  }

  /// The same JSON with escapes in place of characters that could control a terminal.
  ///
  /// Encoders leave some of them unescaped.
  ///
  /// Line feeds stay: they occur only between values, never inside strings.
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
  /// Whether a terminal might do more than show the character: control characters, line separators,
  /// and invisible characters that change how others are shown.
  package var steersTerminal: Bool {
    if value < 0x7F { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  /// The JSON escape of the character: `\u` and a UTF-16 code unit, or two of them.
  package var jsonEscape: String {
    UTF16.encode(self).map { units in
      units.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    } ?? ""
  }
}
