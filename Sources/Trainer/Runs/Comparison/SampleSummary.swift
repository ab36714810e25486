/// The mean and the spread of a few values, such as the accuracies of several runs.
package struct SampleSummary: Sendable, Equatable, Encodable {
  /// The number of values.
  package let count: Int
  /// Their arithmetic mean.
  package let mean: Double
  /// Their standard deviation, with `count - 1` as the divisor; nil for one value, and if the
  /// squares are too large for a number.
  package let standardDeviation: Double?
  /// The smallest value.
  package let minimum: Double
  /// The maximum.
  package let maximum: Double

  /// Summarizes values.
  ///
  /// - Parameter values: The values; nil is returned if there are none.
  package init?(_ values: [Double]) {
    guard let minimum = values.min(), let maximum = values.max() else { return nil }
    let count = values.count
    let sum = values.reduce(0, +)
    let mean = sum.isFinite ? sum / Double(count) : values.reduce(0) { $0 + $1 / Double(count) }
    // In two passes: the squares of accuracies near 1 would cancel each other.
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.count = count
    self.mean = mean
    self.minimum = minimum
    self.maximum = maximum
    standardDeviation =
      count > 1 && squares.isFinite ? (squares / Double(count - 1)).squareRoot() : nil
  }
}
