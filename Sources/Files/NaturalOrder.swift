/// The order of names in which numbers count by their value: `2.png` comes before `10.png`, and
/// `lr-0.001` before `lr-0.01`.
package enum NaturalOrder {
  /// Whether a name comes before another one.
  ///
  /// Names are compared byte by byte, and numbers by their value. Of names that differ only in the
  /// zeros around their numbers, the first is that whose bytes are.
  ///
  /// - Parameters:
  ///   - first: A name.
  ///   - second: Another name.
  /// - Returns: Whether the first name comes before the second; false if they are equal.
  package static func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (Number(a, &i), Number(b, &j))
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

  /// Digits, and a fraction if a point and more digits follow.
  ///
  /// Versions and dates, such as 1.10.2 and 2026.11.30, have several points: each part of them is a
  /// number.
  private struct Number: Comparable {
    /// The digits without leading zeros.
    private let whole: ArraySlice<UInt8>
    /// The digits without trailing zeros.
    private let fraction: ArraySlice<UInt8>

    /// Reads a number, and moves the index behind it.
    init(_ bytes: [UInt8], _ index: inout Int) {
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
      guard !isPart, hasFraction(at: index), case let end = endOfDigits(index + 1),
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
