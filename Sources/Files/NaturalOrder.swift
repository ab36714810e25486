/// An order of names in which numbers count by their value.
package struct NaturalOrder: Sendable {
  /// The order in which digits are a whole number, whatever precedes or follows them: `2.png` comes
  /// before `10.png`, and `7.2.png` before `7.10.png`.
  package static let wholeNumbers = NaturalOrder(readsFractions: false)
  /// The order in which a point between digits is a decimal point: `lr-0.001` comes before
  /// `lr-0.01`, and `0.25` before `0.5`.
  ///
  /// In versions and dates, such as 1.10.2 and 2026.11.30, which have several points, each part is a
  /// number.
  package static let decimals = NaturalOrder(readsFractions: true)

  private let readsFractions: Bool

  /// Whether a name comes before another one.
  ///
  /// Names are compared byte by byte, and numbers by their value. Of names that differ only in the
  /// zeros around their numbers, the first is that whose bytes are.
  ///
  /// - Parameters:
  ///   - first: A name.
  ///   - second: Another name.
  /// - Returns: Whether the first name comes before the second; false if they are equal.
  package func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if Self.isDigit(a[i]), Self.isDigit(b[j]) {
        let (x, y) = (number(a, &i), number(b, &j))
        if x != y { return x < y }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    if i == a.count, j == b.count { return a.lexicographicallyPrecedes(b) }
    return i == a.count
  }

  private static let zero = UInt8(ascii: "0")
  private static let point = UInt8(ascii: ".")

  private static func isDigit(_ byte: UInt8) -> Bool {
    (zero...UInt8(ascii: "9")).contains(byte)
  }

  /// Reads a number, and moves the index behind it.
  private func number(_ bytes: [UInt8], _ index: inout Int) -> Number {
    Number(bytes, &index, readsFraction: readsFractions)
  }

  /// Digits, and a fraction if a point and more digits follow.
  private struct Number: Comparable {
    /// The digits without leading zeros.
    private let whole: ArraySlice<UInt8>
    /// The digits without trailing zeros.
    private let fraction: ArraySlice<UInt8>

    /// Reads a number, and moves the index behind it.
    init(_ bytes: [UInt8], _ index: inout Int, readsFraction: Bool) {
      func endOfDigits(_ start: Int) -> Int {
        bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
      }
      func hasFraction(at index: Int) -> Bool {
        index + 1 < bytes.count && bytes[index] == point && isDigit(bytes[index + 1])
      }
      let start = index
      index = endOfDigits(start)
      whole = bytes[start..<index].drop { $0 == zero }
      let isPart = start > 1 && bytes[start - 1] == point && isDigit(bytes[start - 2])
      guard readsFraction, !isPart, hasFraction(at: index), case let end = endOfDigits(index + 1),
        !hasFraction(at: end)
      else {
        fraction = []
        return
      }
      let digits = bytes[(index + 1)..<end]
      let last = digits.lastIndex { $0 != zero }
      fraction = digits[..<(last.map { $0 + 1 } ?? digits.startIndex)]
      index = end
    }

    static func < (one: Number, other: Number) -> Bool {
      if one.whole.count != other.whole.count { return one.whole.count < other.whole.count }
      return one.whole == other.whole
        ? one.fraction.lexicographicallyPrecedes(other.fraction)
        : one.whole.lexicographicallyPrecedes(other.whole)
    }
  }
}
