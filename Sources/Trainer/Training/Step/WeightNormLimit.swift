import CKernels
import Model
import Parallel

/// Keeps the norm of each unit's incoming weights, a column of a weight matrix, under a limit.
///
/// Source: Srivastava et al. 2014, section 5.1. Biases have no part in it.
struct WeightNormLimit: Sendable {
  /// Columns of a matrix that lie beside each other.
  private struct Strip: Sendable {
    let offset: Int
    let rows: Int
    let columns: Int
    /// Floats from one row to the next.
    let stride: Int
  }

  private static let stripWidth = 64

  private let strips: [Strip]
  private let limit: Double

  /// Cuts all weight matrices into strips.
  ///
  /// - Parameters:
  ///   - limit: The greatest norm.
  ///   - layout: Where the parameters lie.
  init(_ limit: Double, layout: ParameterLayout) {
    self.limit = limit
    strips = layout.entries.flatMap { entry -> [Strip] in
      guard let panels = entry.matrix else { return [] }
      return (0..<panels.count).flatMap { panel in
        let width = panels.columns(of: panel).count
        let offset = entry.range.lowerBound + panels.offset(of: panel)
        return Swift.stride(from: 0, to: width, by: Self.stripWidth).map { column in
          Strip(
            offset: offset + column, rows: panels.rows,
            columns: min(Self.stripWidth, width - column), stride: width)
        }
      }
    }
  }

  /// Scales down the columns of a worker's strips that are too long.
  ///
  /// - Parameters:
  ///   - parameters: The parameters.
  ///   - worker: The calling worker.
  ///   - workerCount: How many workers there are.
  func apply(to parameters: UnsafeMutablePointer<Float>, worker: Int, of workerCount: Int) {
    for index in slice(worker, of: workerCount, count: strips.count) {
      let strip = strips[index]
      kernel_limit_column_norms(
        parameters + strip.offset, Int64(strip.rows), Int64(strip.columns), Int64(strip.stride),
        limit)
    }
  }
}
