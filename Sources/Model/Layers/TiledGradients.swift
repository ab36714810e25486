/// A layer with parameters whose gradients are computed tile by tile, each summed over the blocks of
/// rows and used while it is in cache.
///
/// Parameters in no tile get their gradients from
/// ``BackwardMerging/mergedBackward(_:columns:batchRows:memory:gradients:)``.
package protocol TiledGradients: Layer {
  /// The tiles.
  ///
  /// - Returns: Disjoint tiles, which cover each tensor whole or not at all.
  func gradientTiles() -> [GradientTile]
  /// Computes one block's share of a tile's gradient.
  ///
  /// - Parameters:
  ///   - tile: One of ``gradientTiles()``.
  ///   - pass: The memory of a block of rows, after backward.
  ///   - destination: The tile, in the order of the parameters' memory.
  ///   - adds: Whether the share is added to what the destination holds, with the bits of adding it
  ///     afterwards.
  func tileGradient(
    _ tile: GradientTile, pass: LayerContext, into destination: UnsafeMutablePointer<Float>,
    adds: Bool)
}

/// A rectangle of a parameter matrix whose gradient is computed, and updated, at once; its parameters
/// are contiguous.
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

  /// How many parameters the tile has.
  package var count: Int { rows.count * columns.count }
  /// The layer's parameters in it, in floats.
  package var range: Range<Int> { offset..<offset + count }
}
