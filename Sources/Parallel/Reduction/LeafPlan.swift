/// The division of the rows of a batch into leaves, the units of every sum over rows.
///
/// A sum is sequential within a leaf and pairwise over leaves (``PairwiseTree``). Sums of weight
/// gradients, which are larger, use blocks of leaves instead. The sizes are constants of the
/// program, so the order of additions depends only on the number of rows.
package struct LeafPlan: Sendable, Equatable {
  /// The rows of a leaf; the last leaf of a batch may have fewer.
  package static let leafRows = 8
  /// The leaves of a block, a power of two: a block is a complete subtree.
  package static let blockLeaves = 8
  /// The rows of a block; the last block of a batch may have fewer.
  package static let blockRows = leafRows * blockLeaves

  /// The number of rows in the batch.
  package let rowCount: Int

  /// Creates the plan of a batch.
  ///
  /// - Parameter rowCount: The number of rows in the batch, at least 1.
  package init(rowCount: Int) {
    precondition(rowCount > 0, "a batch has at least one row")
    self.rowCount = rowCount
  }

  /// The number of leaves.
  @inlinable
  package var leafCount: Int { (rowCount - 1) / Self.leafRows + 1 }
  /// The number of blocks.
  @inlinable
  package var blockCount: Int { (rowCount - 1) / Self.blockRows + 1 }

  /// The rows of a run of leaves.
  ///
  /// - Parameter leaves: The leaves; the run may end behind the last one.
  /// - Returns: Row numbers within the batch.
  @inlinable
  package func rows(of leaves: Range<Int>) -> Range<Int> {
    leaves.lowerBound * Self.leafRows..<min(leaves.upperBound * Self.leafRows, rowCount)
  }

  /// The leaves of a block.
  ///
  /// - Parameter block: The block, in `0..<blockCount`.
  /// - Returns: The leaves.
  @inlinable
  package func leaves(ofBlock block: Int) -> Range<Int> {
    leaves(ofBlocks: block..<block + 1)
  }

  /// The leaves of a run of blocks.
  ///
  /// - Parameter blocks: The blocks, in `0..<blockCount`.
  /// - Returns: The leaves.
  @inlinable
  package func leaves(ofBlocks blocks: Range<Int>) -> Range<Int> {
    blocks.lowerBound * Self.blockLeaves..<min(blocks.upperBound * Self.blockLeaves, leafCount)
  }
}
