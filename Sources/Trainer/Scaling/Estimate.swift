/// A value from repeated measurements: a median with a 95 % confidence interval.
package struct Estimate: Codable, Sendable, Equatable {
  /// The median.
  package var median: Double
  /// The lower end of the 95 % interval; nil if there are too few repeats.
  package var low: Double?
  /// The upper end of the 95 % interval; nil if there are too few repeats.
  package var high: Double?

  /// Whether the measurements show no difference between two estimates.
  ///
  /// - Parameter other: Another estimate of the same quantity.
  /// - Returns: True if the intervals overlap, or if either estimate has no interval.
  package func isIndistinguishable(from other: Estimate) -> Bool {
    guard let low, let high, let otherLow = other.low, let otherHigh = other.high else {
      return true
    }
    return low <= otherHigh && otherLow <= high
  }
}
