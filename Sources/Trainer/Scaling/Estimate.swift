/// A figure from repeated measurements.
package struct Estimate: Codable, Sendable, Equatable {
  /// The median.
  package var median: Double
  /// The lower end of the 95 % interval; nil if there are too few repeats for one.
  package var low: Double?
  /// The upper end of the 95 % interval.
  package var high: Double?

  /// Whether both intervals are known and have a value in common.
  ///
  /// - Parameter other: Another estimate of the same quantity.
  /// - Returns: True too where either has no interval: nothing sets the two apart then.
  package func overlaps(_ other: Estimate) -> Bool {
    guard let low, let high, let otherLow = other.low, let otherHigh = other.high else {
      return true
    }
    return low <= otherHigh && otherLow <= high
  }
}
