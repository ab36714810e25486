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
    _ workspace: Workspace, blockCapacity: Int, workerCount: Int
  ) {
    self.workspace = workspace
    slotStride = Self.slotSize(of: workspace.layers.compactMap(\.tiled))
    let count = slotStride * PairwiseTree.slotCount(leafCount: blockCapacity)
    scratch = (0..<workerCount).map { _ in AlignedBuffer(count: count) }
  }

  /// The floats of memory of each worker.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - blockCapacity: The maximum number of blocks of a batch.
  /// - Returns: Their number.
  static func scratchCount(of network: Network, blockCapacity: Int) -> Int {
    slotSize(of: network.layers.compactMap { $0 as? any TiledGradients })
      * PairwiseTree.slotCount(leafCount: blockCapacity)
  }

  private static func slotSize(of layers: [any TiledGradients]) -> Int {
    paddedCount(layers.map(\.largestTileCount).max() ?? 0)
  }

  /// Sums the gradient of a tile over the blocks of a subtree.
  ///
  /// - Parameters:
  ///   - tile: The tile, of a layer with tiles.
  ///   - worker: The calling worker.
  ///   - batch: The batch.
  ///   - blocks: The blocks, a complete subtree.
  ///   - willCompute: Called before a part of the tile is computed, with the part: parameters,
  ///     counted from the tile's first.
  /// - Returns: The sum, (tile.tile.count). It is valid until the worker's next call.
  func sum(
    _ tile: TileSchedule.Tile, worker: Int, _ batch: RankBatch, blocks: Range<Int>,
    willCompute: (_ part: Range<Int>) -> Void = { _ in }
  ) -> UnsafePointer<Float> {
    guard let layer = workspace.layers[tile.layer].tiled else {
      preconditionFailure("the tile's layer computes its gradients in tiles")
    }
    let leaves = batch.plan.leaves(ofBlocks: blocks)
    let slots = LayerContext.Slots(first: scratch[worker].pointer, stride: slotStride)
    layer.tileGradient(
      tile.tile,
      pass: workspace.pass(
        layer: tile.layer, worker: worker, firstLeaf: leaves.lowerBound,
        rows: batch.rows(of: leaves),
        epoch: batch.batch.epoch, samples: batch.samples),
      into: slots, willCompute: willCompute)
    return UnsafePointer(slots.first)
  }
}
