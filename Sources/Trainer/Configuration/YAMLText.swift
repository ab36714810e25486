/// A text as a value in YAML.
package enum YAMLText {
  /// Whether characters without quotes stand for nothing.
  ///
  /// - Parameter text: The characters.
  /// - Returns: Whether they do.
  static func isNull(_ text: String) -> Bool {
    ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// Writes a text so that it is read again as it is, on one line.
  ///
  /// - Parameter text: The text.
  /// - Returns: The same characters if they mean nothing else in YAML; otherwise in double quotes,
  ///   with characters that are not ASCII as their numbers.
  package static func value(_ text: String) -> String {
    if !isNull(text),
      text.wholeMatch(of: /[+-]?[A-Za-z0-9_.\/](?:[!-9;-~]| (?=[!-"$-9;-~]))*/) != nil
    {
      return text
    }
    let characters = text.unicodeScalars.map { character in
      switch character {
      case "\"", "\\": "\\\(character)"
      case " "..."~": "\(character)"
      default: "\\U" + String(UInt64(character.value) | 1 << 32, radix: 16).dropFirst()
      }
    }
    return "\"\(characters.joined())\""
  }
}
