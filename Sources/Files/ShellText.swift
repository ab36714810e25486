/// Words as a shell takes them.
package enum ShellText {
  /// A command.
  ///
  /// - Parameter words: Its words.
  /// - Returns: The words, each quoted if need be, with spaces between them.
  package static func command(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  /// A word that every POSIX shell, and zsh, takes as it is.
  ///
  /// - Parameter word: The word.
  /// - Returns: The word; in single quotes if it is empty or has what a shell could change; as a call
  ///   of `printf` if it has what cannot be shown, such as a line feed.
  package static func quoted(_ word: String) -> String {
    // At the start of a word, zsh replaces an equals sign and a command's name by its path.
    if !word.isEmpty, word.utf8.first != UInt8(ascii: "="), word.utf8.allSatisfy(isPlain) {
      return word
    }
    if word.printable != word { return printed(word) }
    // By scalars: with an accent that follows, a quote is another Character.
    let parts = word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.map { String($0) }.joined(separator: #"'\''"#) + "'"
  }

  private static let plain =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:=/@%+-"

  private static func isPlain(_ byte: UInt8) -> Bool { plain.utf8.contains(byte) }

  /// A word as the output of a command, all other bytes by their numbers.
  ///
  /// A command's output loses line feeds at its end, so a word that ends with one is written in a
  /// form that not every shell has (POSIX.1-2024).
  private static func printed(_ word: String) -> String {
    let losesEnd = word.utf8.last == UInt8(ascii: "\n")
    let bytes = word.utf8.map { byte in
      if isPlain(byte) { return String(UnicodeScalar(byte)) }
      let digits = String(byte, radix: 8)
      return (losesEnd ? #"\"# : #"\0"#) + String(repeating: "0", count: 3 - digits.count) + digits
    }
    return losesEnd ? "$'\(bytes.joined())'" : #""$(printf %b '\#(bytes.joined())')""#
  }
}
