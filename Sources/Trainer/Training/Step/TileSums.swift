import CKernels
import Model
import Parallel

/// Sums tiles of gradients over shards, in scratch memory of each worker.
final class TileSums: Sendable {
  private let workspace: Workspace
  /// For each layer whether a shard's gradients may be added as they are computed, with the same bits.
  private let addsExactly: [Bool]
  /// For each worker the slots of the tile that it works on, and the floats of a slot.
  private let scratch: [AlignedBuffer<Float>]
  private let slotStride: Int

  /// Allocates for batches of up to `shardCapacity` shards.
  init(
    _ workspace: Workspace, tiles: [TileSchedule.Tile], shardSize: Int, shardCapacity: Int,
    workerCount: Int
  ) {
    self.workspace = workspace
    addsExactly = workspace.layers.map { $0.tiled?.addsExactly(rows: shardSize) ?? false }
    slotStride = paddedCount(tiles.map(\.tile.count).max() ?? 0)
    let count = slotStride * PairwiseTree.slotCount(leafCount: shardCapacity)
    scratch = (0..<workerCount).map { _ in AlignedBuffer(count: count) }
  }

  /// Sums a tile's gradient over some shards, a whole subtree of them.
  ///
  /// - Parameters:
  ///   - tile: The tile.
  ///   - worker: The calling worker.
  ///   - batch: The batch.
  ///   - leaves: The shards.
  /// - Returns: The sum (the tile's count), until the worker's next call.
  func sum(
    _ tile: TileSchedule.Tile, worker: Int, _ batch: BatchPass, leaves: Range<Int>
  ) -> UnsafePointer<Float> {
    guard let layer = workspace.layers[tile.layer].tiled else {
      preconditionFailure("only layers with tiles have them")
    }
    let scratch = scratch[worker].pointer
    let stride = slotStride
    // A shard of odd index is always merged into the one before it first. Where one call's sums are
    // not cut up, the product can be added at once, with the same bits.
    let addsOdd = addsExactly[tile.layer]
    PairwiseTree.stream(leafCount: leaves.count) { leaf, slot in
      let shard = leaves.lowerBound + leaf
      let adds = addsOdd && !leaf.isMultiple(of: 2)
      layer.tileGradient(
        tile.tile,
        pass: workspace.pass(
          layer: tile.layer, shard: shard, rows: batch.rows(of: shard), epoch: batch.batch.epoch,
          samples: batch.samples),
        into: scratch + (adds ? slot - 1 : slot) * stride, adds: adds)
    } fold: { into, from, isLeaf in
      if addsOdd && isLeaf { return }
      kernel_add(scratch + into * stride, scratch + from * stride, Int64(tile.tile.count))
    }
    return UnsafePointer(scratch)
  }
}
