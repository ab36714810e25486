import Foundation

/// What the layers compute, written down as the formulas have it, in double precision.
///
/// A matrix is an array of rows.
enum Twin {
  typealias Matrix = [[Double]]

  /// y = x W + b.
  static func linear(_ x: Matrix, weight: Matrix, bias: [Double]?) -> Matrix {
    x.map { row in
      weight[0].indices.map { column in
        row.indices.reduce(bias?[column] ?? 0) { $0 + row[$1] * weight[$1][column] }
      }
    }
  }

  /// The means and biased variances of the columns.
  static func moments(_ x: Matrix) -> [(mean: Double, variance: Double)] {
    let count = Double(x.count)
    return x[0].indices.map { column in
      let mean = x.reduce(0) { $0 + $1[column] } / count
      return (mean, x.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count)
    }
  }

  /// gamma (x - mean) / sqrt(variance + 1e-5) + beta, over all rows.
  static func batchNorm(_ x: Matrix, gamma: [Double], beta: [Double]) -> Matrix {
    let moments = moments(x)
    return x.map { row in
      row.indices.map { c in
        gamma[c] * (row[c] - moments[c].mean) / (moments[c].variance + 1e-5).squareRoot() + beta[c]
      }
    }
  }

  /// max(x, 0).
  static func rectify(_ x: Matrix) -> Matrix {
    x.map { $0.map { max($0, 0) } }
  }

  /// x factor where a unit is kept, 0 elsewhere.
  static func drop(_ x: Matrix, kept: [[Bool]], factor: Double) -> Matrix {
    zip(x, kept).map { row, kept in
      zip(row, kept).map { $1 ? $0 * factor : 0 }
    }
  }

  /// Which units a dropout layer keeps, row after row.
  static func kept(
    samples: [UInt32], units: Int, rate: Double, seed: UInt64, layer: UInt32, epoch: UInt32
  ) -> [[Bool]] {
    samples.map { sample in
      unitWords(seed: seed, layer: layer, sample: sample, epoch: epoch, units: units)
        .map { Double($0) >= (rate * 0x1p32).rounded(.down) }
    }
  }

  /// The sum over the rows of log(sum of exp(z)) - z[label].
  static func crossEntropy(_ z: Matrix, labels: [UInt8]) -> Double {
    zip(z, labels).reduce(0) { sum, sample in
      let (row, label) = sample
      let largest = row.reduce(-.infinity, max)
      return sum + largest + log(row.reduce(0) { $0 + exp($1 - largest) }) - row[Int(label)]
    }
  }
}
