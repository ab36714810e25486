/// The help of settings.
enum SettingHelp {
  /// A sentence about a setting, with its default.
  ///
  /// - Parameters:
  ///   - parts: What it is and may be; empty parts are left out.
  ///   - standard: The default.
  ///   - note: Sentences after it.
  /// - Returns: The text.
  static func text(
    _ parts: [String], default standard: String, note: String? = nil
  ) -> String {
    let sentence = parts.filter { !$0.isEmpty }.joined(separator: ", ")
    return "\(sentence) (default: \(standard))." + (note.map { " " + $0 } ?? "")
  }

  /// Names in words, such as "sgd, adam and adamw".
  ///
  /// - Parameter names: The names.
  /// - Returns: The words.
  static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.joined() }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }
}
