import CKernels
import Model
import Parallel

/// Images and labels in memory, as a step reads them.
public struct SampleSource: @unchecked Sendable {
  /// Bytes of the images, one image after another.
  public let images: UnsafePointer<UInt8>
  /// One label an image.
  public let labels: UnsafePointer<UInt8>
  /// Bytes of one image.
  public let pixelCount: Int

  /// Points at samples that live as long as this is used.
  ///
  /// - Parameters:
  ///   - images: Bytes of the images, one image after another.
  ///   - labels: One label an image.
  ///   - pixelCount: Bytes of one image.
  public init(images: UnsafePointer<UInt8>, labels: UnsafePointer<UInt8>, pixelCount: Int) {
    self.images = images
    self.labels = labels
    self.pixelCount = pixelCount
  }
}

/// The samples of one optimizer step.
public struct Batch: @unchecked Sendable {
  /// Where the samples are.
  public let source: SampleSource
  /// The sample number of each row.
  public let samples: UnsafePointer<UInt32>
  /// How many rows there are, at least 1.
  public let rowCount: Int
  /// The epoch, from 1.
  public let epoch: UInt32

  /// Names the samples of a step.
  ///
  /// - Parameters:
  ///   - source: Where the samples are.
  ///   - samples: The sample number of each row.
  ///   - rowCount: How many rows there are.
  ///   - epoch: The epoch, from 1.
  public init(source: SampleSource, samples: UnsafePointer<UInt32>, rowCount: Int, epoch: UInt32) {
    self.source = source
    self.samples = samples
    self.rowCount = rowCount
    self.epoch = epoch
  }
}

/// What becomes of a step's gradients.
public enum GradientUse: Sendable {
  /// The optimizer uses each tile while it is in cache; the gradient buffer is not written.
  case update(OptimizerStep)
  /// They are left in the gradient buffer, summed over the batch.
  case store
}

/// One training step, run by all workers of a team together.
///
/// Every sum over shards follows ``PairwiseTree``, and which worker does what never enters a result.
public final class DataParallelStep: Sendable {
  /// The model that is trained.
  public let state: ModelState
  /// The workers.
  public let team: WorkerTeam
  /// Rows of a shard.
  public let shardSize: Int

  let workspace: Workspace
  private let program: StageProgram
  private let tiles: [Tile]
  private let tileClaims = ClaimCounter()
  /// Parameters whose gradients come out of a merge.
  private let mergedEntries: [ParameterLayout.Entry]
  private let shardLosses: AlignedBuffer<LossSum>
  /// For each worker the slots of the tile that it works on.
  private let tileScratch: [AlignedBuffer<Float>]
  private let tileCapacity: Int

  private struct Tile: Sendable {
    let layer: Int
    let tile: GradientTile
    let decays: Bool
  }

  /// Allocates everything that steps need; they allocate nothing.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - team: The workers.
  ///   - batchCapacity: The most rows of a batch.
  ///   - shardSize: Rows of a shard.
  public init(state: ModelState, team: WorkerTeam, batchCapacity: Int, shardSize: Int) {
    self.state = state
    self.team = team
    // A larger shard than the batch is the batch, and needs no more memory.
    let shardSize = min(shardSize, batchCapacity)
    self.shardSize = shardSize
    let plan = ShardPlan(rowCount: batchCapacity, shardSize: shardSize)
    // Evaluation gives each worker the rows of one shard.
    workspace = Workspace(
      state: state, rowCapacity: max(batchCapacity, team.count * shardSize),
      shardCapacity: plan.shardCount)
    program = StageProgram(state.network)
    let layout = state.network.parameters
    var tiles: [Tile] = []
    var tiled: Set<Int> = []
    for (index, layer) in state.network.layers.enumerated() {
      for tile in layer.gradientTiles(shardSize: shardSize) {
        let start = layout.layerOffsets[index] + tile.matrixOffset
        guard let entry = layout.entries.first(where: { $0.range.lowerBound == start }) else {
          preconditionFailure("\(layer.name) has a tile in no tensor")
        }
        tiled.insert(start)
        tiles.append(Tile(layer: index, tile: tile, decays: entry.decays))
      }
    }
    self.tiles = tiles
    mergedEntries = layout.entries.filter { !tiled.contains($0.range.lowerBound) }
    shardLosses = AlignedBuffer(count: plan.shardCount)
    tileCapacity = paddedCount(tiles.map(\.tile.count).max() ?? 0)
    let slots = PairwiseTree.slotCount(leafCount: plan.shardCount)
    let scratchCount = tileCapacity * slots
    tileScratch = (0..<team.count).map { _ in AlignedBuffer(count: scratchCount) }
  }

  /// Does one worker's part of a step; every worker of the team calls it with the same arguments.
  ///
  /// When it returns on one worker, others may still be at work; the team's barrier, or the end of
  /// the job, separates one step from the next.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batch: The samples.
  ///   - use: What becomes of the gradients. Nothing is updated where the loss is not finite.
  /// - Returns: The batch's loss and correct predictions, the same on every worker.
  public func run(worker: Int, batch: Batch, use: GradientUse) -> LossSum {
    let plan = ShardPlan(rowCount: batch.rowCount, shardSize: shardSize)
    let shards = slice(worker, of: team.count, count: plan.shardCount)
    if worker == 0 { tileClaims.reset() }
    for stage in program.stages {
      for shard in shards {
        for operation in stage.operations {
          perform(operation, shard: shard, rows: plan.rows(of: shard), batch: batch)
        }
      }
      team.barrier.wait()
      if !stage.merges.isEmpty {
        for merge in stage.merges { self.merge(merge, worker: worker, plan: plan) }
        team.barrier.wait()
      }
    }
    let total = mergeLosses(plan)
    if case .update = use, !total.loss.isFinite { return total }
    reduceAndUpdate(worker: worker, batch: batch, plan: plan, use: use)
    return total
  }

  private func perform(
    _ operation: StageProgram.Operation, shard: Int, rows: Range<Int>, batch: Batch
  ) {
    func pass(_ layer: Int) -> ShardPass {
      workspace.pass(
        layer: layer, shard: shard, rows: rows, epoch: batch.epoch, samples: batch.samples)
    }
    switch operation {
    case .gather: gather(batch.samples + rows.lowerBound, into: rows, from: batch.source)
    case .forward(let index): workspace.layers[index].layer.forward(pass(index))
    case .finishForward(let index): workspace.layers[index].layer.finishForward(pass(index))
    case .loss: shardLosses.pointer[shard] = loss(rows: rows, wantsGradient: true)
    case .backward(let index): workspace.layers[index].layer.backward(pass(index))
    case .finishBackward(let index): workspace.layers[index].layer.finishBackward(pass(index))
    }
  }

  /// Copies samples into rows of the first layer's input.
  func gather(_ samples: UnsafePointer<UInt32>, into rows: Range<Int>, from source: SampleSource) {
    let pixels = source.pixelCount
    kernel_gather_images(
      source.images, samples, Int64(rows.count), Int64(pixels),
      workspace.input.pointer + rows.lowerBound * pixels)
    let labels = workspace.labels.pointer + rows.lowerBound
    for row in 0..<rows.count { labels[row] = source.labels[Int(samples[row])] }
  }

  /// The loss of rows whose logits are there.
  func loss(rows: Range<Int>, wantsGradient: Bool) -> LossSum {
    let first = rows.lowerBound
    let classes = state.network.loss.classCount
    return state.network.loss(
      logits: workspace.logits.pointer + first * classes,
      labels: workspace.labels.pointer + first, rows: rows.count,
      gradient: wantsGradient ? workspace.logitsGradient.pointer + first * classes : nil,
      scratch: workspace.lossScratch.pointer + 2 * first,
      predictions: workspace.predictions.pointer + first)
  }

  /// Merges the worker's slice of the columns and lets the layer take it in.
  private func merge(_ merge: StageProgram.Merge, worker: Int, plan: ShardPlan) {
    switch merge {
    case .forward(let index):
      let buffers = workspace.layers[index]
      guard let partials = buffers.forwardPartials else { return }
      let columns = slice(
        worker, of: team.count, count: partials.rule.columnCount, alignment: 16)
      partials.merge(columns: columns, plan: plan)
      buffers.layer.mergedForward(
        partials.slot(0), columns: columns, batchRows: plan.rowCount, memory: buffers.memory)
    case .backward(let index):
      let buffers = workspace.layers[index]
      guard let partials = buffers.backwardPartials else { return }
      let columns = slice(
        worker, of: team.count, count: partials.rule.columnCount, alignment: 16)
      partials.merge(columns: columns, plan: plan)
      buffers.layer.mergedBackward(
        partials.slot(0), columns: columns, batchRows: plan.rowCount, memory: buffers.memory)
    }
  }

  /// Every worker merges the few numbers for itself; that saves a barrier.
  private func mergeLosses(_ plan: ShardPlan) -> LossSum {
    PairwiseTree.sum(leafCount: plan.shardCount) { shardLosses.pointer[$0] } combine: { $0 += $1 }
  }

  /// Reduces gradients tile by tile over all shards and uses each tile at once.
  private func reduceAndUpdate(worker: Int, batch: Batch, plan: ShardPlan, use: GradientUse) {
    while true {
      let item = tileClaims.claim()
      if item < tiles.count {
        reduce(tiles[item], worker: worker, batch: batch, plan: plan, use: use)
      } else if item < tiles.count + mergedEntries.count {
        if case .update(let step) = use {
          let entry = mergedEntries[item - tiles.count]
          update(
            step, at: entry.range.lowerBound, count: entry.range.count, decays: entry.decays,
            gradients: state.gradients.pointer + entry.range.lowerBound)
        }
      } else {
        return
      }
    }
  }

  private func reduce(
    _ tile: Tile, worker: Int, batch: Batch, plan: ShardPlan, use: GradientUse
  ) {
    let buffers = workspace.layers[tile.layer]
    let scratch = tileScratch[worker].pointer
    let columns = tile.tile.columns.count
    PairwiseTree.stream(leafCount: plan.shardCount) { shard, slot in
      buffers.layer.tileGradient(
        tile.tile,
        pass: workspace.pass(
          layer: tile.layer, shard: shard, rows: plan.rows(of: shard), epoch: batch.epoch,
          samples: batch.samples),
        into: scratch + slot * tileCapacity, stride: columns)
    } fold: { into, from in
      kernel_add(
        scratch + into * tileCapacity, scratch + from * tileCapacity, Int64(tile.tile.count))
    }
    let layerOffset = state.network.parameters.layerOffsets[tile.layer]
    for row in 0..<tile.tile.rows.count {
      let offset = layerOffset + tile.tile.offset(row: row)
      let gradients = scratch + row * columns
      switch use {
      case .update(let step):
        update(step, at: offset, count: columns, decays: tile.decays, gradients: gradients)
      case .store:
        (state.gradients.pointer + offset).update(from: gradients, count: columns)
      }
    }
  }

  @inline(__always)
  private func update(
    _ step: OptimizerStep, at offset: Int, count: Int, decays: Bool,
    gradients: UnsafePointer<Float>
  ) {
    let states = state.optimizerStates
    let parameters = state.parameters.pointer + offset
    // A rule without a state, or with one, ignores what stands in its place.
    let state1 = states.isEmpty ? parameters : states[0].pointer + offset
    let state2 = states.count < 2 ? parameters : states[1].pointer + offset
    step.apply(
      to: parameters, gradients: gradients, state1: state1, state2: state2, count: count,
      decays: decays)
  }
}
