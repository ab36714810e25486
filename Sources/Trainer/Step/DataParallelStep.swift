import CKernels
import Model
import Parallel

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

  /// The share of a label's probability that training spreads over all classes.
  public let labelSmoothing: Double

  /// Records what every worker does, where there is one.
  public let profile: StageProfile?

  let workspace: Workspace
  private let program: StageProgram
  private let schedule: TileSchedule
  private let tileClaims: ClaimTable
  private let entryClaims = ClaimCounter()
  /// Parameters whose gradients come out of a merge.
  private let mergedEntries: [ParameterLayout.Entry]
  /// The steps that each worker has begun, in cache lines of their own.
  private let rounds: AlignedBuffer<UInt32>
  private static let roundStride = 32
  private let shardLosses: AlignedBuffer<LossSum>
  /// For each worker the slots of the tile that it works on.
  private let tileScratch: [AlignedBuffer<Float>]
  private let tileCapacity: Int

  /// Allocates everything that steps need; they allocate nothing.
  ///
  /// - Parameters:
  ///   - state: The model.
  ///   - team: The workers.
  ///   - batchCapacity: The most rows of a batch.
  ///   - shardSize: Rows of a shard.
  ///   - labelSmoothing: The share of a label's probability that is spread evenly over all classes in
  ///     training, at least 0 and under 1; evaluation knows none.
  ///   - profile: Records what every worker does, where given.
  public init(
    state: ModelState, team: WorkerTeam, batchCapacity: Int, shardSize: Int,
    labelSmoothing: Double = 0, profile: StageProfile? = nil
  ) {
    self.labelSmoothing = labelSmoothing
    self.profile = profile
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
    let tiles = TileSchedule.tiles(of: state.network, shardSize: shardSize)
    schedule = TileSchedule(tiles, workerCount: team.count)
    tileClaims = ClaimTable(count: tiles.count)
    let tiled = Set(tiles.map(\.tensorOffset))
    mergedEntries = state.network.parameters.entries.filter {
      !tiled.contains($0.range.lowerBound)
    }
    rounds = AlignedBuffer(count: team.count * Self.roundStride)
    shardLosses = AlignedBuffer(count: plan.shardCount)
    tileCapacity = paddedCount(tiles.map(\.tile.count).max() ?? 0)
    let slots = PairwiseTree.slotCount(leafCount: plan.shardCount)
    let scratchCount = tileCapacity * slots
    tileScratch = (0..<team.count).map { _ in AlignedBuffer(count: scratchCount) }
    team.run { [workspace] worker in
      workspace.touch(slice(worker, of: team.count, count: plan.shardCount), of: plan)
    }
  }

  /// Starts a worker's part of a run of steps: the profile's clock.
  ///
  /// - Parameter worker: The calling worker.
  public func begin(worker: Int) {
    profile?.start(worker: worker)
  }

  /// Ends a worker's part of a step: returns when every worker is through with it.
  ///
  /// - Parameter worker: The calling worker.
  public func end(worker: Int) {
    profile?.lap(worker: worker, .betweenSteps)
    meet(worker: worker)
  }

  /// Takes note that parameters were changed from outside; to be called before the next step.
  public func parametersChanged() {
    for tile in schedule.tiles { noteChange(of: tile) }
  }

  /// Takes note of changes to a worker's share of the tiles.
  func parametersChanged(worker: Int) {
    for index in slice(worker, of: team.count, count: schedule.tiles.count) {
      noteChange(of: schedule.tiles[index])
    }
  }

  private func noteChange(of tile: TileSchedule.Tile) {
    let buffers = workspace.layers[tile.layer]
    buffers.layer.parametersChanged(tile.tile, memory: buffers.memory)
  }

  /// Does one worker's part of a step; every worker of the team calls it with the same arguments.
  ///
  /// When it returns on one worker, others may still be at work; ``end(worker:)``, or the end of the
  /// job, separates one step from the next.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batch: The samples.
  ///   - use: What becomes of the gradients. Nothing is updated where the loss is not finite.
  /// - Returns: The batch's loss and correct predictions, the same on every worker.
  public func run(worker: Int, batch: Batch, use: GradientUse) -> LossSum {
    let plan = ShardPlan(rowCount: batch.rowCount, shardSize: shardSize)
    let shards = slice(worker, of: team.count, count: plan.shardCount)
    let round = nextRound(worker: worker)
    if worker == 0 { entryClaims.reset() }
    for stage in program.stages {
      for shard in shards {
        for operation in stage.operations {
          perform(operation, shard: shard, rows: plan.rows(of: shard), batch: batch)
          profile?.lap(worker: worker, StageLabel(operation))
        }
      }
      meet(worker: worker)
      if !stage.merges.isEmpty {
        for merge in stage.merges {
          self.merge(merge, worker: worker, plan: plan)
          profile?.lap(worker: worker, StageLabel(merge))
        }
        meet(worker: worker)
      }
    }
    let total = mergeLosses(plan)
    if case .update = use, !total.loss.isFinite { return total }
    reduceAndUpdate(worker: worker, batch: batch, plan: plan, use: use, round: round)
    return total
  }

  /// Does one worker's part of an update by the gradients that steps left in the buffer; every worker
  /// calls it, after a barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  func apply(_ update: OptimizerStep, worker: Int) {
    let round = nextRound(worker: worker)
    for index in schedule.orders[worker] where tileClaims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      apply(
        update, at: tile.offset, count: tile.tile.count, decays: tile.decays,
        gradients: state.gradients.pointer + tile.offset)
      noteChange(of: tile)
      profile?.lap(worker: worker, .update(layer: tile.layer))
    }
    applyToMergedEntries(update)
  }

  /// The number under which a worker claims tiles: each counts for itself, all count alike.
  private func nextRound(worker: Int) -> UInt32 {
    let round = rounds.pointer + worker * Self.roundStride
    round.pointee &+= 1
    return round.pointee
  }

  /// Waits for the other workers.
  func meet(worker: Int) {
    team.barrier.wait()
    profile?.lap(worker: worker, .wait)
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

  /// The loss of rows whose logits are there: training's with a gradient, else evaluation's.
  func loss(rows: Range<Int>, wantsGradient: Bool) -> LossSum {
    let first = rows.lowerBound
    let classes = state.network.loss.classCount
    return state.network.loss(
      logits: workspace.logits.pointer + first * classes,
      labels: workspace.labels.pointer + first, rows: rows.count,
      gradient: wantsGradient ? workspace.logitsGradient.pointer + first * classes : nil,
      scratch: workspace.lossScratch.pointer + 2 * first,
      predictions: workspace.predictions.pointer + first,
      smoothing: wantsGradient ? Float(labelSmoothing) : 0)
  }

  /// Merges the worker's slice of the columns and lets the layer take it in.
  private func merge(_ merge: StageProgram.Merge, worker: Int, plan: ShardPlan) {
    switch merge {
    case .forward(let index):
      let buffers = workspace.layers[index]
      guard let partials = buffers.forwardPartials else { return }
      let columns = partials.rule.columns(of: worker, workers: team.count)
      partials.merge(columns: columns, plan: plan)
      buffers.layer.mergedForward(
        partials.slot(0), columns: columns, batchRows: plan.rowCount, memory: buffers.memory)
    case .backward(let index):
      let buffers = workspace.layers[index]
      guard let partials = buffers.backwardPartials else { return }
      let columns = partials.rule.columns(of: worker, workers: team.count)
      partials.merge(columns: columns, plan: plan)
      buffers.layer.mergedBackward(
        partials.slot(0), columns: columns, batchRows: plan.rowCount, memory: buffers.memory)
    }
  }

  /// Every worker merges the few numbers for itself; that saves a barrier.
  private func mergeLosses(_ plan: ShardPlan) -> LossSum {
    PairwiseTree.sum(leafCount: plan.shardCount) {
      shardLosses.pointer[$0]
    } combine: {
      $0 += $1
    }
  }

  /// Reduces gradients tile by tile over all shards and uses each tile at once.
  private func reduceAndUpdate(
    worker: Int, batch: Batch, plan: ShardPlan, use: GradientUse, round: UInt32
  ) {
    for index in schedule.orders[worker] where tileClaims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      reduce(tile, worker: worker, batch: batch, plan: plan, use: use)
      profile?.lap(worker: worker, .update(layer: tile.layer))
    }
    if case .update(let update) = use { applyToMergedEntries(update) }
  }

  private func applyToMergedEntries(_ update: OptimizerStep) {
    while true {
      let item = entryClaims.claim()
      if item >= mergedEntries.count { return }
      let entry = mergedEntries[item]
      apply(
        update, at: entry.range.lowerBound, count: entry.range.count, decays: entry.decays,
        gradients: state.gradients.pointer + entry.range.lowerBound)
    }
  }

  private func reduce(
    _ tile: TileSchedule.Tile, worker: Int, batch: Batch, plan: ShardPlan, use: GradientUse
  ) {
    let buffers = workspace.layers[tile.layer]
    let scratch = tileScratch[worker].pointer
    let capacity = tileCapacity
    // A shard of odd index is always merged into the one before it first. Where one call's sums are
    // not cut up, the product can be added at once, with the same bits.
    let addsOdd = plan.shardSize <= Self.unsplitRows
    PairwiseTree.stream(leafCount: plan.shardCount) { shard, slot in
      let adds = addsOdd && !shard.isMultiple(of: 2)
      buffers.layer.tileGradient(
        tile.tile,
        pass: workspace.pass(
          layer: tile.layer, shard: shard, rows: plan.rows(of: shard), epoch: batch.epoch,
          samples: batch.samples),
        into: scratch + (adds ? slot - 1 : slot) * capacity, adds: adds)
    } fold: { into, from, isLeaf in
      if addsOdd && isLeaf { return }
      kernel_add(scratch + into * capacity, scratch + from * capacity, Int64(tile.tile.count))
    }
    switch use {
    case .update(let update):
      apply(
        update, at: tile.offset, count: tile.tile.count, decays: tile.decays, gradients: scratch)
      buffers.layer.parametersChanged(tile.tile, memory: buffers.memory)
    case .store:
      (state.gradients.pointer + tile.offset).update(from: scratch, count: tile.tile.count)
    }
  }

  /// Rows up to which OpenBLAS sums a product of a shard's rows in one go, on every core.
  private static let unsplitRows = 128

  @inline(__always)
  private func apply(
    _ update: OptimizerStep, at offset: Int, count: Int, decays: Bool,
    gradients: UnsafePointer<Float>
  ) {
    let states = state.optimizerStates
    let parameters = state.parameters.pointer + offset
    // A rule without a state, or with one, ignores what stands in its place.
    let state1 = states.isEmpty ? parameters : states[0].pointer + offset
    let state2 = states.count < 2 ? parameters : states[1].pointer + offset
    update.apply(
      to: parameters, gradients: gradients, state1: state1, state2: state2, count: count,
      decays: decays)
  }
}
