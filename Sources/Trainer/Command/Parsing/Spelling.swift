/// Suggests names for a mistyped word.
enum Spelling {
  /// The largest number of suggestions.
  private static let most = 3

  /// The most letters of a word that may be a mistyped name: the time to compare words grows with
  /// their length, and every name is much shorter.
  static let longestWord = 64

  /// The most characters of a word that a message repeats.
  private static let mostShown = 80

  /// The names that a word may have meant.
  ///
  /// They are the names that begin with it, otherwise the nearest name if it is near. Case and the
  /// difference between `-` and `_` are ignored.
  ///
  /// - Parameters:
  ///   - word: The mistyped word.
  ///   - names: The known names; of equally near ones the first is suggested.
  /// - Returns: The suggestions; empty if no name is near, or the word is too long for one.
  static func suggestions(for word: String, among names: [String]) -> [String] {
    guard word.utf8.count <= longestWord else { return [] }
    let folded = folded(word)
    guard !folded.isEmpty else { return [] }
    let candidates = names.map { (name: $0, letters: Self.folded($0)) }
    let completed = candidates.filter { $0.letters.starts(with: folded) }.map(\.name)
    if !completed.isEmpty { return Array(completed.prefix(most)) }
    let nearest = candidates.map { (name: $0.name, distance: editDistance(folded, $0.letters)) }
      .min { $0.distance < $1.distance }
    guard let nearest, nearest.distance <= tolerance(folded.count) else { return [] }
    return [nearest.name]
  }

  /// A word as a message repeats it.
  ///
  /// - Parameter word: The word.
  /// - Returns: The word; only its start if it is long.
  static func shown(_ word: String) -> String {
    word.count > mostShown ? String(word.prefix(mostShown)) + "…" : word
  }

  /// A question with suggestions; empty if there are none.
  ///
  /// - Parameters:
  ///   - names: The suggestions.
  ///   - mark: The quotation mark around each suggestion.
  /// - Returns: `did you mean 'one' or 'other'?`, or an empty text.
  static func question(_ names: [String], mark: Character = "'") -> String {
    names.isEmpty
      ? "" : "did you mean \(names.map { "\(mark)\($0)\(mark)" }.joined(separator: " or "))?"
  }

  /// The question about an unknown setting.
  ///
  /// - Parameters:
  ///   - name: The unknown name.
  ///   - known: The names that there are.
  /// - Returns: The question; nil if no name is near.
  static func settingQuestion(for name: String, among known: [String]) -> String? {
    let near = suggestions(for: name, among: known)
    return near.isEmpty ? nil : question(near, mark: "`")
  }

  /// The largest edit distance at which a name is suggested; a short word must be very similar.
  private static func tolerance(_ count: Int) -> Int {
    count <= 5 ? 1 : max(2, count / 3)
  }

  private static func folded(_ word: String) -> [Character] {
    word.lowercased().map { $0 == "_" ? "-" : $0 }
  }

  /// The number of letters to insert, remove or replace, or of neighbors to exchange (the optimal
  /// string alignment, after Damerau 1964).
  static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var earlier: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var distance = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          distance = min(distance, earlier[j - 1] + 1)
        }
        row.append(distance)
      }
      (earlier, last) = (last, row)
    }
    return last[b.count]
  }
}
