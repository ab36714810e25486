import CKernels
import Parallel

/// A layer with parameters whose gradients are computed tile by tile, each summed over the blocks
/// of rows and used while it is in cache.
///
/// Parameters in no tile get their gradients from
/// ``BackwardMerging/mergedBackward(_:columns:batchRows:memory:gradients:)``.
package protocol TiledGradients: Layer {
  /// The tiles.
  ///
  /// - Returns: Disjoint tiles, which cover each tensor whole or not at all.
  func gradientTiles() -> [GradientTile]
  /// The parameters of the largest tile, which is found without a list of all tiles.
  var largestTileCount: Int { get }
  /// Computes a tile's gradient over some rows: the sum over blocks of `LeafPlan.blockRows` rows,
  /// in the pairwise tree.
  ///
  /// - Parameters:
  ///   - tile: One of ``gradientTiles()``.
  ///   - pass: The memory of the rows, after backward.
  ///   - slots: Memory for as many tiles as `PairwiseTree.slotCount(leafCount:)` says of the
  ///     blocks. The first receives the sum, in the order of the parameters' memory.
  ///   - willCompute: Called before a part of the tile is computed, with the part: parameters,
  ///     counted from the tile's first. The parts are disjoint and cover the tile.
  func tileGradient(
    _ tile: GradientTile, pass: LayerContext, into slots: LayerContext.Slots,
    willCompute: (Range<Int>) -> Void)
}

extension TiledGradients {
  /// Sums what is computed for each block of a pass's rows, in the pairwise tree.
  ///
  /// - Parameters:
  ///   - rowCount: The number of rows.
  ///   - count: The number of floats of a share.
  ///   - slots: As in ``tileGradient(_:pass:into:willCompute:)``.
  ///   - share: Computes a block's share. It receives the block's rows, where the share goes, and
  ///     whether to add it there, with the bits of adding it afterwards.
  package func sumBlocks(
    rowCount: Int, count: Int, into slots: LayerContext.Slots,
    share: (_ rows: Range<Int>, _ into: UnsafeMutablePointer<Float>, _ adds: Bool) -> Void
  ) {
    let blockRows = LeafPlan.blockRows
    // A block with an odd index is always merged into the previous one first: it is added to that
    // block's share at once.
    PairwiseTree.stream(leafCount: (rowCount + blockRows - 1) / blockRows) { index, slot in
      let adds = !index.isMultiple(of: 2)
      share(
        index * blockRows..<min((index + 1) * blockRows, rowCount),
        slots.first + (adds ? slot - 1 : slot) * slots.stride, adds)
    } fold: { into, from, joinsBlocks in
      if joinsBlocks { return }
      kernel_add(slots.first + into * slots.stride, slots.first + from * slots.stride, Int64(count))
    }
  }
}
