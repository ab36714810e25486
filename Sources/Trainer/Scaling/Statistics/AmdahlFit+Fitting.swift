extension AmdahlFit {
  /// The smallest number of points: with fewer, a law of one parameter would only repeat them.
  static let leastPoints = 3

  /// Fits the law by least squares of relative residuals, with s from 0 to 1; nil with fewer than
  /// `leastPoints` points.
  ///
  /// 1 / S is linear in s: 1/S = 1/N + s (1 - 1/N). So S (1/N + s (1 - 1/N)) = 1 is solved
  /// directly.
  ///
  /// - Parameter speedups: The speedups over one worker, by number of workers; that of one worker
  ///   is 1.
  init?(speedups: [Int: Double]) {
    guard speedups.count >= Self.leastPoints else { return nil }
    var products = 0.0
    var squares = 0.0
    // Sums of doubles depend on their order, which a dictionary does not keep.
    for (workers, speedup) in speedups.sorted(by: { $0.key < $1.key }) {
      let ideal = 1 / Double(workers)
      let slope = speedup * (1 - ideal)
      products += slope * (1 - speedup * ideal)
      squares += slope * slope
    }
    guard squares > 0 else { return nil }
    let fraction = min(1, max(0, products / squares))
    self.init(
      serialFraction: fraction, limit: fraction > 0 ? 1 / fraction : nil, residuals: [:])
    for (workers, speedup) in speedups {
      residuals[workers] = speedup / self.speedup(workers: Double(workers)) - 1
    }
  }
}
