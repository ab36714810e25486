/// The exact two-sided binomial test of a probability of one half.
enum SignTest {
  /// The probability of a division of `count` at least as uneven as the one seen, if each falls on
  /// either side with probability 1/2.
  ///
  /// The tail is `2 P(X <= k)` with the smaller part k, at most 1. Its greatest term,
  /// `C(n, k) / 2^n`, is a product of quotients, halved as it grows, so it neither overflows nor
  /// underflows on the way. The other terms follow from it by their ratios. No function of the C
  /// library is used, so every machine has the same bits.
  ///
  /// - Parameters:
  ///   - part: How many fell on one side, from 0 to `count`.
  ///   - count: How many there are.
  /// - Returns: The p-value; 1 for none, 0 if it is below the smallest double.
  static func p(_ part: Int, of count: Int) -> Double {
    precondition((0...count).contains(part), "a part is not more than the whole")
    let least = min(part, count - part)
    var greatest = 1.0
    var halvings = count
    for i in 0..<least {
      greatest *= Double(count - i) / Double(i + 1)
      while greatest > 1, halvings > 0 {
        greatest /= 2
        halvings -= 1
      }
    }
    var sum = 1.0
    var term = 1.0
    for k in stride(from: least, to: 0, by: -1) {
      term *= Double(k) / Double(count - k + 1)
      sum += term
      // The ratios fall, so the rest is less than a rounding error.
      if term < sum * 0x1p-60 { break }
    }
    return min(1, 2 * Double(sign: .plus, exponent: -halvings, significand: greatest * sum))
  }

  /// The smallest p-value that a count can give: all on one side.
  ///
  /// - Parameter count: How many there are.
  /// - Returns: `2 / 2^count`, at most 1.
  static func smallestP(of count: Int) -> Double { p(0, of: count) }
}
