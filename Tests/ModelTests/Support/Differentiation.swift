/// The derivatives of a function by central differences, in double precision.
///
/// - Parameters:
///   - point: Where they are taken.
///   - step: Half the distance of the two values.
///   - function: A smooth function near the point.
/// - Returns: A derivative for each coordinate, right to about the step squared.
func derivatives(
  at point: [Double], step: Double = 1e-5, of function: ([Double]) -> Double
) -> [Double] {
  var moved = point
  return point.indices.map { i in
    moved[i] = point[i] + step
    let above = function(moved)
    moved[i] = point[i] - step
    let below = function(moved)
    moved[i] = point[i]
    return (above - below) / (2 * step)
  }
}

/// The sum of the products: a loss whose gradient is `dy`.
func product(_ y: [[Double]], _ dy: [[Double]]) -> Double {
  zip(y, dy).reduce(0) { sum, rows in
    zip(rows.0, rows.1).reduce(sum) { $0 + $1.0 * $1.1 }
  }
}

extension Array<Float> {
  /// The values in double precision.
  var doubles: [Double] { map { Double($0) } }
}

extension Array<Double> {
  /// Rows of `columns` values each.
  func matrix(columns: Int) -> [[Double]] { rows(of: columns).map { [Double]($0) } }
}
