// The C library selects versions of these functions by CPU, and they differ in the last bits. The
// functions here give the same bits on every machine.

/// The natural logarithm, with an error of at most 1 unit in the last place.
///
/// With x = 2^k m and s = (m - 1) / (m + 1), log x = k ln 2 + 2 atanh s. Here m is between
/// sqrt(1/2) and sqrt(2), and 2 atanh s is the series 2 (s + s^3/3 + s^5/5 + …).
///
/// - Parameter x: Any number.
/// - Returns: The logarithm: NaN for negative numbers and NaN, minus infinity for zero, and
///   infinity for infinity.
package func naturalLogarithm(_ x: Double) -> Double {
  guard x > 0, x.isFinite else { return x == 0 ? -.infinity : (x > 0 ? x : .nan) }
  var exponent = Double(x.exponent)
  var significand = x.significand
  if significand > 2.0.squareRoot() {
    significand /= 2
    exponent += 1
  }
  let s = (significand - 1) / (significand + 1)
  let square = s * s
  var series = 0.0
  // |s| < 0.1716, so the error of 11 terms is below 2^-53.
  for denominator in stride(from: 23.0, through: 3.0, by: -2.0) {
    series = (series + 1 / denominator) * square
  }
  let low = 2 * s * series + exponent * 0x1.ef35793c7673p-45
  return exponent * 0x1.62e42fefa38p-1 + (2 * s + low)
}

/// The cosine of `x` half turns, cos(pi x), with an error of at most 2 units in the last place.
///
/// The angle is reduced exactly to at most pi / 4. Then the Taylor series of the cosine, or of the
/// sine of the complement, is summed.
///
/// - Parameter x: Any number.
/// - Returns: The cosine; NaN for NaN and infinities.
package func cosineOfHalfTurns(_ x: Double) -> Double {
  guard x.isFinite else { return .nan }
  // Reduced to [0, 2), then to [0, 1], then to [0, 1/2], in which the cosine is not negative.
  var turn = abs(x).truncatingRemainder(dividingBy: 2)
  if turn > 1 { turn = 2 - turn }
  let isNegative = turn > 0.5
  if isNegative { turn = 1 - turn }
  let usesCosine = turn <= 0.25
  let angle = (usesCosine ? turn : 0.5 - turn) * Double.pi
  let square = angle * angle
  // angle < 0.7855, so the error of terms up to the 17th power is below 2^-53.
  var series = 1.0
  for order in stride(from: usesCosine ? 16.0 : 17.0, to: 1.0, by: -2.0) {
    series = 1 - series * square / (order * (order - 1))
  }
  let value = usesCosine ? series : angle * series
  return isNegative ? -value : value
}

/// `base` to the power of a whole number, by repeated squaring.
///
/// - Parameters:
///   - base: Any number.
///   - exponent: The exponent, at least 0.
/// - Returns: The power; 1 for an exponent of 0.
package func power(_ base: Double, _ exponent: Int) -> Double {
  var result = 1.0
  var square = base
  var rest = exponent
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}

/// The quantile of the standard normal distribution, with a relative error of about 1e-16.
///
/// Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
/// Statistics 37(3), 1988, function PPND16.
///
/// - Parameter probability: The probability, greater than 0 and less than 1.
/// - Returns: The number below which a standard normal variable is with this probability.
package func normalQuantile(_ probability: Double) -> Double {
  func polynomial(_ coefficients: [8 of Double], _ r: Double) -> Double {
    var sum = 0.0
    for i in coefficients.indices.reversed() { sum = sum * r + coefficients[i] }
    return sum
  }
  let q = probability - 0.5
  if abs(q) <= 0.425 {
    let r = 0.180625 - q * q
    return q
      * polynomial(
        [
          3.387_132_872_796_366_608_0, 1.331_416_678_917_843_774_5e2, 1.971_590_950_306_551_442_7e3,
          1.373_169_376_550_946_112_5e4, 4.592_195_393_154_987_145_7e4,
          6.726_577_092_700_870_085_3e4,
          3.343_057_558_358_812_810_5e4, 2.509_080_928_730_122_672_7e3,
        ], r)
      / polynomial(
        [
          1, 4.231_333_070_160_091_125_2e1, 6.871_870_074_920_579_082_6e2,
          5.394_196_021_424_751_107_7e3, 2.121_379_430_158_659_586_7e4,
          3.930_789_580_009_271_061_0e4, 2.872_908_573_572_194_267_4e4,
          5.226_495_278_852_854_561_0e3,
        ], r)
  }
  let tail = q < 0 ? probability : 1 - probability
  let root = (-naturalLogarithm(tail)).squareRoot()
  let value: Double
  if root <= 5 {
    value =
      polynomial(
        [
          1.423_437_110_749_683_577_34, 4.630_337_846_156_545_295_90,
          5.769_497_221_460_691_405_50, 3.647_848_324_763_204_605_04,
          1.270_458_252_452_368_382_58, 2.417_807_251_774_506_117_70e-1,
          2.272_384_498_926_918_458_33e-2, 7.745_450_142_783_414_076_40e-4,
        ], root - 1.6)
      / polynomial(
        [
          1, 2.053_191_626_637_758_821_87, 1.676_384_830_183_803_849_40,
          6.897_673_349_851_000_045_50e-1, 1.481_039_764_274_800_745_90e-1,
          1.519_866_656_361_645_719_66e-2, 5.475_938_084_995_344_946_00e-4,
          1.050_750_071_644_416_843_24e-9,
        ], root - 1.6)
  } else {
    value =
      polynomial(
        [
          6.657_904_643_501_103_777_20, 5.463_784_911_164_114_369_90,
          1.784_826_539_917_291_335_80, 2.965_605_718_285_048_912_30e-1,
          2.653_218_952_657_612_309_30e-2, 1.242_660_947_388_078_438_60e-3,
          2.711_555_568_743_487_578_15e-5, 2.010_334_399_292_288_132_65e-7,
        ], root - 5)
      / polynomial(
        [
          1, 5.998_322_065_558_879_376_90e-1, 1.369_298_809_227_358_053_10e-1,
          1.487_536_129_085_061_485_25e-2, 7.868_691_311_456_132_591_00e-4,
          1.846_318_317_510_054_681_80e-5, 1.421_511_758_316_445_888_70e-7,
          2.044_263_103_389_939_785_64e-15,
        ], root - 5)
  }
  return q < 0 ? -value : value
}
