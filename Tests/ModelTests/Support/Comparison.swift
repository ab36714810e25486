/// How far values are from what they should be, relative to the largest that they should be.
///
/// - Parameters:
///   - values: What was found.
///   - expected: What should be.
///   - floor: What the largest is taken for at the least.
/// - Returns: Infinity where the counts differ or a difference is not a number.
func largestRelativeDifference(
  _ values: some Collection<Float>, _ expected: some Collection<Double>,
  floor: Double = 1e-30
) -> Double {
  guard values.count == expected.count else { return .infinity }
  let scale = expected.reduce(floor) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - pair.1) / scale
    return difference <= largest ? largest : (difference.isNaN ? .infinity : difference)
  }
}

/// The bits of each value: unlike `==`, tells zeros apart and takes a NaN for itself.
func bits(_ values: some Sequence<Float>) -> [UInt32] {
  values.map(\.bitPattern)
}

extension Array {
  /// Rows of `columns` elements each.
  func rows(of columns: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: columns).map { self[$0..<$0 + columns] }
  }
}
