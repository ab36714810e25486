/// A rectangle of a parameter matrix whose gradient is computed, and updated, at once; its
/// parameters are contiguous.
package struct GradientTile: Sendable, Equatable {
  /// The offset of its start in the layer's parameters, in floats.
  package let offset: Int
  /// Rows of the matrix.
  package let rows: Range<Int>
  /// Columns of the matrix.
  package let columns: Range<Int>

  /// Creates a tile.
  ///
  /// - Parameters:
  ///   - offset: The offset of its start in the layer's parameters, in floats.
  ///   - rows: Rows of the matrix.
  ///   - columns: Columns of the matrix.
  package init(offset: Int, rows: Range<Int>, columns: Range<Int>) {
    self.offset = offset
    self.rows = rows
    self.columns = columns
  }

  /// The number of parameters in the tile.
  package var count: Int { rows.count * columns.count }
  /// The layer's parameters in it, in floats.
  package var range: Range<Int> { offset..<offset + count }
}
