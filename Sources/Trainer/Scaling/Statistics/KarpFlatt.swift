/// The experimentally determined serial fraction of Karp and Flatt, CACM 33(5), 1990.
enum KarpFlatt {
  /// Computes e = (1/S - 1/N) / (1 - 1/N).
  ///
  /// It grows with N if overhead grows, and stays constant if a serial part is the limit.
  ///
  /// - Parameters:
  ///   - speedup: The speedup S over one worker.
  ///   - workers: The number N of workers, at least 2.
  /// - Returns: The serial fraction; negative if the speedup is above N.
  static func serialFraction(speedup: Double, workers: Int) -> Double {
    let count = Double(workers)
    return (1 / speedup - 1 / count) / (1 - 1 / count)
  }

  /// Computes the serial fraction of a speedup with an interval, whose ends are exchanged.
  ///
  /// - Parameters:
  ///   - speedup: The speedup S over one worker.
  ///   - workers: The number N of workers, at least 2.
  /// - Returns: The serial fraction.
  static func serialFraction(speedup: Estimate, workers: Int) -> Estimate {
    func fraction(_ value: Double) -> Double { serialFraction(speedup: value, workers: workers) }
    return Estimate(
      median: fraction(speedup.median), low: speedup.high.map(fraction),
      high: speedup.low.map(fraction))
  }
}
