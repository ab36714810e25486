import CKernels
import Model
import Parallel

/// Limits the norm of each unit's incoming weights: a column of a weight matrix.
///
/// Source: Srivastava et al. 2014, section 5.1. Biases are not included.
struct WeightNormLimit: Sendable {
  /// Adjacent columns of a matrix.
  private struct Strip: Sendable {
    let offset: Int
    let rows: Int
    let columns: Int
    /// The distance between rows, in floats.
    let stride: Int
  }

  private static let stripWidth = 64

  private let strips: [Strip]
  private let limit: Double

  /// Divides all weight matrices into strips.
  ///
  /// - Parameters:
  ///   - limit: The maximum norm.
  ///   - layout: The layout of the parameters.
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

  /// Scales the columns of a worker's strips whose norm exceeds the limit down to it.
  ///
  /// - Parameters:
  ///   - parameters: The parameters, in the layout's order.
  ///   - worker: The calling worker.
  ///   - workerCount: The number of workers.
  func apply(to parameters: UnsafeMutablePointer<Float>, worker: Int, of workerCount: Int) {
    for index in slice(worker, of: workerCount, count: strips.count) {
      let strip = strips[index]
      kernel_limit_column_norms(
        parameters + strip.offset, Int64(strip.rows), Int64(strip.columns), Int64(strip.stride),
        limit)
    }
  }
}
