import CKernels
import Model
import Parallel

/// Computes tiles of gradients and sums them over the blocks of rows, in each worker's own memory.
final class TileSums: Sendable {
  private let workspace: Workspace
  /// For each worker, the slots for partial sums of its current tile.
  private let scratch: [AlignedBuffer<Float>]
  /// The size of a slot in floats.
  private let slotStride: Int

  /// Allocates memory for batches of up to `blockCapacity` blocks.
  init(
    _ workspace: Workspace, tiles: [TileSchedule.Tile], blockCapacity: Int, workerCount: Int
  ) {
    self.workspace = workspace
    slotStride = paddedCount(tiles.map(\.tile.count).max() ?? 0)
    let count = slotStride * PairwiseTree.slotCount(leafCount: blockCapacity)
    scratch = (0..<workerCount).map { _ in AlignedBuffer(count: count) }
  }

  /// Sums the gradient of a tile over the blocks of a subtree.
  ///
  /// - Parameters:
  ///   - tile: The tile, of a layer with tiles.
  ///   - worker: The calling worker.
  ///   - batch: The batch.
  ///   - blocks: The blocks, a complete subtree.
  ///   - before: Called before each block's share, with the block's index in the subtree.
  /// - Returns: The sum, (tile.tile.count). It is valid until the worker's next call.
  func sum(
    _ tile: TileSchedule.Tile, worker: Int, _ batch: RankBatch, blocks: Range<Int>,
    before: (_ index: Int) -> Void = { _ in }
  ) -> UnsafePointer<Float> {
    guard let layer = workspace.layers[tile.layer].tiled else {
      preconditionFailure("the tile's layer computes its gradients in tiles")
    }
    let scratch = scratch[worker].pointer
    let stride = slotStride
    // A block with an odd index is always merged into the previous one first: it is added to that
    // block's gradient at once.
    PairwiseTree.stream(leafCount: blocks.count) { index, slot in
      let leaves = batch.plan.leaves(ofBlock: blocks.lowerBound + index)
      let adds = !index.isMultiple(of: 2)
      before(index)
      layer.tileGradient(
        tile.tile,
        pass: workspace.pass(
          layer: tile.layer, firstLeaf: leaves.lowerBound, rows: batch.rows(of: leaves),
          epoch: batch.batch.epoch, samples: batch.samples),
        into: scratch + (adds ? slot - 1 : slot) * stride, adds: adds)
    } fold: { into, from, joinsBlocks in
      if joinsBlocks { return }
      kernel_add(scratch + into * stride, scratch + from * stride, Int64(tile.tile.count))
    }
    return UnsafePointer(scratch)
  }
}
