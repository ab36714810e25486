/// `e` to a power, within 2 units in the last place, the same bits on every machine.
///
/// Reduction to x = n ln 2 + r with |r| <= ln 2 / 2 by Cody and Waite (Software Manual for the
/// Elementary Functions, 1980), then the Taylor polynomial of e^r, whose first term left out is below
/// 2^-57.
///
/// - Parameter x: Any number.
/// - Returns: The power: 0 for x of -707 and less, infinity where it is above the greatest number; NaN
///   for NaN.
package func exponential(_ x: Double) -> Double {
  guard x > -707 else { return x.isNaN ? x : 0 }
  // ln of the greatest number; what is above overflows.
  guard x <= 0x1.62e42fefa39efp+9 else { return .infinity }
  let n = (x * 0x1.71547652b82fep+0).rounded()
  // The high part of ln 2 ends in 21 zeros, so that its product with n is exact.
  let r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33
  var series = 1.0
  for denominator in stride(from: 13.0, through: 1, by: -1) {
    series = 1 + series * (r / denominator)
  }
  // In two factors: 2^n alone may be above the greatest number.
  return Double(sign: .plus, exponent: Int(n) - 1, significand: 1) * series * 2
}
