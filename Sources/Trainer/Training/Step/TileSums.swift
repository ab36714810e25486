import CKernels
import Model
import Parallel

/// Computes tiles of gradients and sums them over shards, in each worker's own memory.
final class TileSums: Sendable {
  private let workspace: Workspace
  /// For each layer, whether a product may add a shard's gradient to a sum without changing the
  /// bits.
  private let addsExactly: [Bool]
  /// For each worker, the slots for partial sums of its current tile.
  private let scratch: [AlignedBuffer<Float>]
  /// The size of a slot in floats.
  private let slotStride: Int

  /// Allocates memory for batches of up to `shardCapacity` shards.
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

  /// Sums the gradient of a tile over the shards of a subtree.
  ///
  /// - Parameters:
  ///   - tile: The tile, of a layer with tiles.
  ///   - worker: The calling worker.
  ///   - batch: The batch.
  ///   - leaves: The shards, a complete subtree.
  /// - Returns: The sum, (tile.tile.count). It is valid until the worker's next call.
  func sum(
    _ tile: TileSchedule.Tile, worker: Int, _ batch: RankBatch, leaves: Range<Int>
  ) -> UnsafePointer<Float> {
    guard let layer = workspace.layers[tile.layer].tiled else {
      preconditionFailure("the tile's layer computes its gradients in tiles")
    }
    let scratch = scratch[worker].pointer
    let stride = slotStride
    // A shard with an odd index is always merged into the previous one first. If the product
    // computes each sum in one piece, it can add to that shard's gradient directly, with the same
    // bits.
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
