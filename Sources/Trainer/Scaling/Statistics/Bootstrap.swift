import Parallel

/// Medians of repeated measurements, and how far they can be trusted.
///
/// Intervals are the percentile bootstrap's (Efron 1979) of 95 %. Random numbers are counted, so that
/// the same measurements always give the same interval.
enum Bootstrap {
  private static let resamples = 2_000
  /// With fewer values a resample says nothing that they do not.
  static let leastCount = 3

  /// The median of measurements.
  ///
  /// - Parameter values: At least one.
  /// - Returns: Their median, with an interval where there are enough.
  static func median(_ values: [Double]) -> Estimate {
    estimate(median(of: values), count: values.count) { stream in
      median(of: resample(values, &stream))
    }
  }

  /// The ratio of two medians of independent measurements.
  ///
  /// - Parameters:
  ///   - numerator: At least one.
  ///   - denominator: At least one, above 0.
  /// - Returns: The ratio, with an interval where there are enough of both.
  static func ratio(_ numerator: [Double], _ denominator: [Double]) -> Estimate {
    estimate(
      median(of: numerator) / median(of: denominator),
      count: min(numerator.count, denominator.count)
    ) { stream in
      let one = resample(numerator, &stream)
      return median(of: one) / median(of: resample(denominator, &stream))
    }
  }

  /// The ratio of two medians of measurements made in the same rounds, which are resampled whole:
  /// what changed the machine's speed in a round changed both.
  ///
  /// - Parameters:
  ///   - numerator: One a round.
  ///   - denominator: One a round, in the same order, above 0.
  /// - Returns: The ratio, with an interval where there are enough rounds.
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

  /// The value that a tenth of the values are below.
  ///
  /// - Parameter values: At least one.
  /// - Returns: One of them.
  static func lowDecile(of values: [Double]) -> Double { values.sorted()[(values.count - 1) / 10] }

  /// The middle value, or the mean of the two in the middle.
  static func median(of values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
