import Parallel

/// Medians of repeated measurements with confidence intervals.
///
/// Intervals are 95 % percentile bootstrap intervals (Efron 1979). The random numbers are
/// counter-based, so the same measurements always give the same interval. Their order has no
/// effect, except on which of them are pairs.
enum Bootstrap {
  private static let resamples = 2_000
  /// The smallest number of values: with fewer, resampling gives no information.
  static let leastCount = 3

  /// The median of measurements with its interval.
  ///
  /// - Parameter values: The measurements, at least one.
  /// - Returns: The median, with an interval if there are enough values.
  static func median(_ values: [Double]) -> Estimate {
    // What is drawn is a position, so positions must not depend on the order of the measurements.
    let values = values.sorted()
    return estimate(median(of: values), count: values.count) { stream in
      median(of: resample(values, &stream))
    }
  }

  /// The ratio of two medians of independent measurements.
  ///
  /// - Parameters:
  ///   - numerator: The measurements in the numerator, at least one.
  ///   - denominator: The measurements in the denominator, at least one, above 0.
  /// - Returns: The ratio, with an interval if there are enough of both.
  static func ratio(_ numerator: [Double], _ denominator: [Double]) -> Estimate {
    let (numerator, denominator) = (numerator.sorted(), denominator.sorted())
    return estimate(
      median(of: numerator) / median(of: denominator),
      count: min(numerator.count, denominator.count)
    ) { stream in
      let one = resample(numerator, &stream)
      return median(of: one) / median(of: resample(denominator, &stream))
    }
  }

  /// The ratio of two medians of measurements from the same rounds.
  ///
  /// Rounds are resampled whole, since a change of the machine's speed in a round affects both
  /// measurements.
  ///
  /// - Parameters:
  ///   - numerator: One measurement per round.
  ///   - denominator: One measurement per round, in the same order, above 0.
  /// - Returns: The ratio, with an interval if there are enough rounds.
  static func pairedRatio(_ numerator: [Double], _ denominator: [Double]) -> Estimate {
    precondition(numerator.count == denominator.count, "every round has both")
    let rounds = Array(numerator.indices)
    return estimate(median(of: numerator) / median(of: denominator), count: rounds.count) {
      stream in
      let drawn = resample(rounds, &stream)
      return median(of: drawn.map { numerator[$0] }) / median(of: drawn.map { denominator[$0] })
    }
  }

  private static func estimate(
    _ median: Double, count: Int, resampled: (inout RandomStream) -> Double
  ) -> Estimate {
    guard count >= leastCount else { return Estimate(median: median) }
    var stream = RandomStream(seed: 0, purpose: .bootstrap)
    let sorted = (0..<resamples).map { _ in resampled(&stream) }.sorted()
    return Estimate(
      median: median, low: sorted[resamples / 40],
      high: sorted[resamples - 1 - resamples / 40])
  }

  private static func resample<Value>(
    _ values: [Value], _ stream: inout RandomStream
  ) -> [Value] {
    values.map { _ in values[Int(stream.next(below: UInt32(values.count)))] }
  }

  /// The lowest decile: a tenth of the values are below it.
  ///
  /// - Parameter values: The values, at least one.
  /// - Returns: One of the values.
  static func lowDecile(of values: [Double]) -> Double { values.sorted()[(values.count - 1) / 10] }

  /// The middle value, or the mean of the two in the middle.
  static func median(of values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
