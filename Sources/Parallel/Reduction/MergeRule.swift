/// The rule that combines the partial results of leaves into that of the batch.
package enum MergeRule: Sendable, Equatable {
  /// Vectors of `count` floats, which are added.
  case sum(count: Int)
  /// Means and sums of squared deviations (M2) of `features` columns, as two vectors of `features`
  /// floats.
  ///
  /// Each row of the batch has `positions` values in each column. They are merged by the formula of
  /// Chan, Golub and LeVeque 1979.
  case moments(features: Int, positions: Int = 1)

  /// The number of floats in the partial result of one leaf.
  package var partialCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features, _): 2 * features
    }
  }

  /// The number of independent columns; workers merge slices of them.
  package var columnCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features, _): features
    }
  }

  /// The columns that a worker merges, in whole cache lines.
  ///
  /// - Parameters:
  ///   - worker: The worker, in `0..<workers`.
  ///   - workers: The number of workers that divide the columns.
  /// - Returns: The columns, possibly none.
  package func columns(of worker: Int, workers: Int) -> Range<Int> {
    slice(worker, of: workers, count: columnCount, alignment: 16)
  }
}
