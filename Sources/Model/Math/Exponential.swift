/// The exponential function, with an error of at most 2 units in the last place and the same bits
/// on every machine.
///
/// The argument is reduced to x = n ln 2 + r with |r| <= ln 2 / 2, as in Cody and Waite (Software
/// Manual for the Elementary Functions, 1980). Then the Taylor polynomial of e^r is evaluated; its
/// first omitted term is below 2^-57.
///
/// - Parameter x: Any number.
/// - Returns: e^x: 0 for x of at most -707, infinity if the result exceeds the largest finite
///   number, and NaN for NaN.
package func exponential(_ x: Double) -> Double {
  guard x > -707 else { return x.isNaN ? x : 0 }
  // The logarithm of the largest finite number; larger arguments overflow.
  guard x <= 0x1.62e42fefa39efp+9 else { return .infinity }
  let n = (x * 0x1.71547652b82fep+0).rounded()
  // The high part of ln 2 ends in 21 zero bits, so its product with n is exact.
  let r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33
  var series = 1.0
  for denominator in stride(from: 13.0, through: 1, by: -1) {
    series = 1 + series * (r / denominator)
  }
  // Two factors, since 2^n alone may exceed the largest finite number.
  return Double(sign: .plus, exponent: Int(n) - 1, significand: 1) * series * 2
}
