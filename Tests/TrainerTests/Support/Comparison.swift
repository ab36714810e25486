/// How far values are from what they should be, relative to the largest that they should be.
///
/// - Parameters:
///   - values: What was found.
///   - expected: What should be.
/// - Returns: Infinity where the counts differ or a difference is not a number.
func largestRelativeDifference(
  _ values: some Collection<Float>, _ expected: some Collection<Double>
) -> Double {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.reduce(1e-30) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - pair.1) / scale
    return difference <= largest ? largest : (difference.isNaN ? .infinity : difference)
  }
}

/// The same for values in single precision.
func largestRelativeDifference(
  _ values: some Collection<Float>, _ expected: some Collection<Float>
) -> Double {
  largestRelativeDifference(values, expected.map { Double($0) })
}
