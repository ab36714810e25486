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
  /// - Returns: The word; in single quotes if it is empty or has what a shell could change.
  package static func quoted(_ word: String) -> String {
    let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,:=/@%+-".utf8
    // At the start of a word, zsh replaces an equals sign and a command's name by its path.
    if !word.isEmpty, word.utf8.first != UInt8(ascii: "="), word.utf8.allSatisfy(plain.contains) {
      return word
    }
    // By scalars: with an accent that follows, a quote is another Character.
    let parts = word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.map { String($0) }.joined(separator: #"'\''"#) + "'"
  }
}
