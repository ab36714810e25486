/// A fit of Amdahl's law (Amdahl 1967): speedup = 1 / (s + (1 - s) / N) with N workers.
package struct AmdahlFit: Codable, Sendable, Equatable {
  /// The serial fraction s, 0 to 1.
  package var serialFraction: Double
  /// The limit of the speedup, 1 / s; nil if s is 0.
  package var limit: Double?
  /// The relative errors (measured - fitted) / fitted at the fitted points, by number of workers.
  package var residuals: [Int: Double]

  private enum CodingKeys: String, CodingKey {
    case limit, residuals
    case serialFraction = "serial_fraction"
  }

  /// The speedup by the law.
  ///
  /// - Parameter workers: The number of workers, at least 1.
  /// - Returns: The speedup over one worker.
  package func speedup(workers: Double) -> Double {
    1 / (serialFraction + (1 - serialFraction) / workers)
  }
}
