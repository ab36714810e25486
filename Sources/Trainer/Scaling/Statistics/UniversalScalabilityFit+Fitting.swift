extension UniversalScalabilityFit {
  /// The smallest number of points: with fewer, a law of three parameters would only repeat them.
  static let leastPoints = 4

  /// Fits the law by least squares of relative residuals, with contention and coherency of at least
  /// 0; nil with fewer than `leastPoints` points.
  ///
  /// N / X is linear in the parameters: N/X = p + q (N - 1) + k N (N - 1) with p = 1/r, q = a/r and
  /// k = b/r. Four fits set none, one or both of q and k to 0. The one with the smallest sum of
  /// squares and no negative parameter is the bounded optimum.
  ///
  /// - Parameter rates: The rates in samples per second, above 0, by number of workers.
  init?(rates: [Int: Double]) {
    guard rates.count >= Self.leastPoints else { return nil }
    // Each row is divided by N / X. So the target is 1, and residuals are relative.
    let rows = rates.sorted { $0.key < $1.key }.map { workers, rate in
      let count = Double(workers)
      let factor = rate / count
      return [factor, factor * (count - 1), factor * count * (count - 1)]
    }
    let candidates = [[0], [0, 1], [0, 2], [0, 1, 2]].compactMap { columns in
      Self.solve(rows, columns: columns)
    }
    let best = candidates.filter { $0.allSatisfy { $0 >= 0 } && $0[0] > 0 }
      .min { Self.squares(rows, $0) < Self.squares(rows, $1) }
    guard let best else { return nil }
    let contention = best[1] / best[0]
    let coherency = best[2] / best[0]
    self.init(
      rate: 1 / best[0], contention: contention, coherency: coherency,
      bestWorkers: coherency > 0 && contention < 1
        ? ((1 - contention) / coherency).squareRoot() : nil,
      residuals: [:])
    for (workers, rate) in rates {
      residuals[workers] = rate / self.rate(workers: Double(workers)) - 1
    }
  }

  /// Least squares of `row · x = 1` over some columns; the other unknowns are 0.
  private static func solve(_ rows: [[Double]], columns: [Int]) -> [Double]? {
    let size = columns.count
    // Solves the normal equations by Gaussian elimination with the largest pivot.
    var system = columns.map { row in
      columns.map { column in rows.reduce(0) { $0 + $1[row] * $1[column] } }
        + [rows.reduce(0) { $0 + $1[row] }]
    }
    for pivot in 0..<size {
      guard
        let best = (pivot..<size).max(by: { abs(system[$0][pivot]) < abs(system[$1][pivot]) }),
        abs(system[best][pivot]) > 0
      else { return nil }
      system.swapAt(pivot, best)
      for row in 0..<size where row != pivot {
        let factor = system[row][pivot] / system[pivot][pivot]
        for column in pivot...size { system[row][column] -= factor * system[pivot][column] }
      }
    }
    var result = [0.0, 0, 0]
    for (index, column) in columns.enumerated() {
      result[column] = system[index][size] / system[index][index]
    }
    return result.allSatisfy(\.isFinite) ? result : nil
  }

  private static func squares(_ rows: [[Double]], _ solution: [Double]) -> Double {
    rows.reduce(0) { sum, row in
      let residual = zip(row, solution).reduce(-1) { $0 + $1.0 * $1.1 }
      return sum + residual * residual
    }
  }
}
