import Foundation

/// Numbers as people read them.
enum FigureText {
  /// A number with a fixed number of decimals; a dash where it is none.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? String(format: "%.\(decimals)f", value) : "–"
  }

  /// A share as a percentage with two decimals.
  static func percentage(_ share: Double) -> String {
    fixed(share * 100, 2) + " %"
  }

  /// A probability as a percentage; one that is not quite certain does not look certain.
  static func probability(_ probability: Float) -> String {
    let share = Double(probability)
    return share < 1 && share > 0.99995 ? "> 99.99 %" : percentage(share)
  }

  /// Seconds, in the units that fit.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e15 else { return "–" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    let rest = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
    if whole < 3600 { return "\(whole / 60) min \(rest) s" }
    let minutes = whole / 60 % 60
    return "\(whole / 3600) h \(minutes < 10 ? "0" : "")\(minutes) min"
  }

  /// A count with thin spaces between groups of three digits.
  static func count(_ count: Int) -> String {
    let digits = String(count.magnitude)
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.append(rest.suffix(3))
      rest = rest.dropLast(3)
    }
    groups.append(rest)
    return (count < 0 ? "−" : "") + groups.reversed().joined(separator: "\u{202F}")
  }

  /// A command's words as a shell takes them.
  static func command(_ words: [String]) -> String {
    words.map { word in
      let isPlain = !word.isEmpty && word.wholeMatch(of: #/[A-Za-z0-9_.,:=\/@%+-]+/#) != nil
      return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }.joined(separator: " ")
  }

  /// Bytes in binary units.
  static func bytes(_ count: UInt64) -> String {
    fixed(Double(count) / 0x1p30, 1) + " GiB"
  }
}
