import Foundation

/// Formats numbers for people.
package enum FigureText {
  /// Above it, a table or a page would get a column of hundreds of digits.
  private static let largestFixed = 1e15

  /// A number with a fixed number of decimals, or an exponent if it is very large; a dash if it is
  /// not finite.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    abs(value) < largestFixed ? String(format: "%.\(decimals)f", value) : significant(value)
  }

  /// A loss with a fixed number of decimals, or with three significant digits if it is so small
  /// that all of these would be zero.
  ///
  /// - Parameters:
  ///   - loss: The loss.
  ///   - decimals: The number of decimals.
  /// - Returns: For example `0.0213` or `3.10e-06`.
  package static func loss(_ loss: Double, decimals: Int = 4) -> String {
    let text = fixed(loss, decimals)
    return loss == 0 || text != fixed(0, decimals) ? text : String(format: "%#.3g", loss)
  }

  /// A share as a percentage with two decimals.
  package static func percentage(_ share: Double) -> String {
    fixed(share * 100, 2) + " %"
  }

  /// A difference as a percentage with one decimal and its sign.
  package static func signedPercentage(_ share: Double) -> String {
    let text = fixed(share * 100, 1)
    return (share > 0 && share.isFinite && text != "0.0" ? "+" : "") + text + " %"
  }

  /// A number with at most three decimals, without trailing zeros.
  package static func short(_ value: Double) -> String {
    let text = fixed(value, 3)
    guard text.contains("."), !text.contains("e") else { return text }
    return text.replacing(#/\.?0+$/#, with: "")
  }

  /// A number with three significant digits, or as many as given; a dash if it is not finite.
  package static func significant(_ value: Double, digits: Int = 3) -> String {
    value.isFinite ? String(format: "%.\(digits)g", value) : "–"
  }

  /// A probability as a percentage; a value below 1 is never shown as 100 %.
  package static func probability(_ probability: Float) -> String {
    let share = Double(probability)
    return share < 1 && share > 0.99995 ? "> 99.99 %" : percentage(share)
  }

  /// A duration in suitable units.
  ///
  /// - Parameter seconds: The duration in seconds.
  /// - Returns: For example `12.3 s`, `4 min 25 s` or `2 h 05 min`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e15 else { return "–" }
    if seconds < 59.95 { return fixed(seconds, 1) + " s" }
    let whole = Int(seconds.rounded())
    let rest = whole % 60 < 10 ? "0\(whole % 60)" : "\(whole % 60)"
    if whole < 3600 { return "\(whole / 60) min \(rest) s" }
    let minutes = whole / 60 % 60
    return "\(whole / 3600) h \(minutes < 10 ? "0" : "")\(minutes) min"
  }

  /// A number without decimals, with thin spaces between groups of three digits.
  package static func count(_ value: Double) -> String {
    abs(value) < 1e15 ? count(Int(value.rounded())) : fixed(value, 0)
  }

  /// A count with thin spaces between groups of three digits.
  package static func count(_ count: Int) -> String {
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

  /// A number of bytes in GiB, or in MiB if it is less than one, with one decimal.
  package static func bytes(_ count: Double) -> String {
    count < 0x1p30 ? fixed(count / 0x1p20, 1) + " MiB" : fixed(count / 0x1p30, 1) + " GiB"
  }
}
