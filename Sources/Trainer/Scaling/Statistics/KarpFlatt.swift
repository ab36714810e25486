/// The experimentally determined serial fraction of Karp and Flatt, CACM 33(5), 1990.
enum KarpFlatt {
  /// e = (1/S - 1/N) / (1 - 1/N).
  ///
  /// It grows with N where overhead does, and stays the same where a serial part limits.
  ///
  /// - Parameters:
  ///   - speedup: S, over one worker.
  ///   - workers: N, at least 2.
  /// - Returns: The fraction; negative if the speedup is more than N.
  static func serialFraction(speedup: Double, workers: Int) -> Double {
    let count = Double(workers)
    return (1 / speedup - 1 / count) / (1 - 1 / count)
  }

  /// The same of a speedup with an interval, whose ends change places.
  ///
  /// - Parameters:
  ///   - speedup: S, over one worker.
  ///   - workers: N, at least 2.
  /// - Returns: The fraction.
  static func serialFraction(speedup: Estimate, workers: Int) -> Estimate {
    func fraction(_ value: Double) -> Double { serialFraction(speedup: value, workers: workers) }
    return Estimate(
      median: fraction(speedup.median), low: speedup.high.map(fraction),
      high: speedup.low.map(fraction))
  }
}
