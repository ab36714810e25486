/// A fit of the Universal Scalability Law (Gunther 1993):
/// `rate = r N / (1 + a (N - 1) + b N (N - 1))`.
package struct UniversalScalabilityFit: Codable, Sendable, Equatable {
  /// The rate r of one worker, in samples per second.
  package var rate: Double
  /// The contention a, at least 0.
  package var contention: Double
  /// The coherency b, at least 0.
  package var coherency: Double
  /// The number of workers with the highest rate, sqrt((1 - a) / b); nil if the rate never falls.
  package var bestWorkers: Double?
  /// The relative errors (measured - fitted) / fitted at the fitted points, by number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case rate, contention, coherency, residuals
    case bestWorkers = "best_workers"
  }

  /// The rate by the law.
  ///
  /// - Parameter workers: The number of workers, at least 1.
  /// - Returns: The rate in samples per second.
  package func rate(workers: Double) -> Double {
    rate * workers / (1 + contention * (workers - 1) + coherency * workers * (workers - 1))
  }
}
