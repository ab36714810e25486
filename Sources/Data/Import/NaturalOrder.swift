/// The order of names in which numbers count by their value: `2.png` comes before `10.png`.
enum NaturalOrder {
  /// Whether a name comes before another one.
  ///
  /// Names are compared byte by byte, and runs of digits by their value. Of names that differ only
  /// in leading zeros, the first is that whose bytes are.
  static func precedes(_ first: String, _ second: String) -> Bool {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var (i, j) = (0, 0)
    while i < a.count, j < b.count {
      if isDigit(a[i]), isDigit(b[j]) {
        let (x, y) = (number(a, &i), number(b, &j))
        if x.count != y.count { return x.count < y.count }
        if let difference = zip(x, y).first(where: { $0 != $1 }) {
          return difference.0 < difference.1
        }
      } else {
        if a[i] != b[j] { return a[i] < b[j] }
        i += 1
        j += 1
      }
    }
    if i == a.count, j == b.count { return a.lexicographicallyPrecedes(b) }
    return i == a.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The digits from an index on, without leading zeros.
  private static func number(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
    let start = index
    while index < bytes.count, isDigit(bytes[index]) { index += 1 }
    return bytes[start..<index].drop { $0 == UInt8(ascii: "0") }
  }
}
