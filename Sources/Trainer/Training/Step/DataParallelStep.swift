import CKernels
import Files
import Model
import Parallel

/// One training step, run by all workers of a team together.
///
/// Every sum over shards follows ``PairwiseTree``, and which worker does what never enters a result.
package final class DataParallelStep: Sendable {
  /// The model that is trained.
  package let state: ModelState
  /// The workers.
  package let team: WorkerTeam
  /// Rows of a shard.
  package let shardSize: Int

  /// The share of a label's probability that training spreads over all classes.
  package let labelSmoothing: Double

  /// Records what every worker does, where there is one.
  package let profile: StageProfile?

  /// The ranks that the batch's shards are dealt out to.
  package let communicator: any Communicator

  package let workspace: Workspace
  let program: StageProgram
  private let schedule: TileSchedule
  /// Which tiles, and after them which merged entries, a worker has taken.
  private let claims: ClaimTable
  /// Parameters whose gradients come out of a merge.
  private let mergedEntries: [MergedEntry]
  private let caches: ParameterCaches
  /// For each layer whether a shard's gradients may be added as they are computed, with the same bits.
  private let addsExactly: [Bool]
  /// The steps that each worker has begun, in cache lines of their own.
  private let rounds: AlignedBuffer<UInt32>
  private static let roundStride = 32
  let shardLosses: AlignedBuffer<LossSum>
  /// For each worker the slots of the tile that it works on.
  private let tileScratch: [AlignedBuffer<Float>]
  private let tileCapacity: Int
  private let shardCapacity: Int
  /// For each stage the slots of its merges.
  let stagePartials: [[PartialResults]]
  /// What goes from rank to rank; nil for a single one.
  let exchanges: (partials: PartialExchange, gradients: GradientExchange)?

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
  ///   - communicator: The ranks, each of which has such a step with equal arguments but for the team;
  ///     the model holds the optimizer's state of this rank's ``ParameterShares``.
  package init(
    state: ModelState, team: WorkerTeam, batchCapacity: Int, shardSize: Int,
    labelSmoothing: Double = 0, profile: StageProfile? = nil,
    communicator: any Communicator = SingleProcess()
  ) {
    precondition(
      state.gradients.count == state.parameters.count, "the model has room for gradients")
    self.communicator = communicator
    self.labelSmoothing = labelSmoothing
    self.profile = profile
    self.state = state
    self.team = team
    // A larger shard than the batch is the batch, and needs no more memory.
    let shardSize = min(shardSize, batchCapacity)
    self.shardSize = shardSize
    let plan = ShardPlan(rowCount: batchCapacity, shardSize: shardSize)
    shardCapacity = plan.shardCount
    let own = slice(communicator.rank, of: communicator.size, count: plan.shardCount)
    let ownRows = min(own.count * shardSize, batchCapacity)
    let workspace = Workspace(
      state: state, rowCapacity: ownRows, shardCapacity: plan.shardCount)
    self.workspace = workspace
    program = StageProgram(state.network)
    stagePartials = program.stages.map { stage in
      stage.merges.compactMap { merge in
        switch merge {
        case .forward(let index): workspace.layers[index].forwardMerge?.partials
        case .backward(let index): workspace.layers[index].backwardMerge?.partials
        }
      }
    }
    addsExactly = workspace.layers.map { $0.tiled?.addsExactly(rows: shardSize) ?? false }
    let tiles = TileSchedule.tiles(of: state.network, shardSize: shardSize)
    mergedEntries = TileSchedule.mergedEntries(of: state.network, tiles: tiles)
    claims = ClaimTable(count: tiles.count + mergedEntries.count)
    caches = ParameterCaches(
      state.network, memories: workspace.layers.map(\.memory), tiles: tiles,
      mergedEntries: mergedEntries)
    rounds = AlignedBuffer(count: team.count * Self.roundStride)
    shardLosses = AlignedBuffer(count: plan.shardCount)
    tileCapacity = paddedCount(tiles.map(\.tile.count).max() ?? 0)
    let slots = PairwiseTree.slotCount(leafCount: plan.shardCount)
    let scratchCount = tileCapacity * slots
    tileScratch = (0..<team.count).map { _ in AlignedBuffer(count: scratchCount) }
    exchanges =
      communicator.size == 1
      ? nil
      : (
        PartialExchange(
          slotCounts: stagePartials.map { $0.reduce(0) { $0 + $1.stride } },
          shardCapacity: plan.shardCount, communicator: communicator),
        GradientExchange(
          state, tiles: tiles, mergedEntries: mergedEntries, shardCapacity: plan.shardCount,
          communicator: communicator)
      )
    let gradients = exchanges?.gradients
    schedule = TileSchedule(
      tiles, workerCount: team.count, phase: { gradients?.buckets.buckets(ofTile: $0)[0] ?? 0 })
    team.run { worker in
      workspace.touch(
        slice(worker, of: team.count, range: own), of: plan, firstShard: own.lowerBound)
    }
  }

  /// Starts a worker's part of a run of steps: the profile's clock.
  ///
  /// - Parameter worker: The calling worker.
  package func begin(worker: Int) {
    profile?.start(worker: worker)
  }

  /// Ends a worker's part of a step: returns when every worker is through with it.
  ///
  /// - Parameter worker: The calling worker.
  package func end(worker: Int) {
    profile?.lap(worker: worker, .betweenSteps)
    meet(worker: worker)
  }

  /// Takes note that parameters were changed from outside; to be called before the next step.
  package func parametersChanged() {
    caches.allChanged(worker: 0, of: 1)
  }

  /// Takes note of changes to a worker's share of the parameters.
  func parametersChanged(worker: Int) {
    caches.allChanged(worker: worker, of: team.count)
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
  package func run(worker: Int, batch: Batch, use: GradientUse) -> LossSum {
    let plan = ShardPlan(rowCount: batch.rowCount, shardSize: shardSize)
    let shares = TreeShares(
      leafCount: plan.shardCount, leafCapacity: shardCapacity, rankCount: communicator.size)
    let own = shares.leaves(of: communicator.rank)
    let shards = slice(worker, of: team.count, range: own)
    let pass = BatchPass(batch: batch, plan: plan, shares: shares, firstShard: own.lowerBound)
    let round = nextRound(worker: worker)
    for (index, stage) in program.stages.enumerated() {
      for shard in shards {
        for operation in stage.operations {
          perform(operation, shard: shard, pass)
          StopSignals.beat()
          profile?.lap(worker: worker, StageLabel(operation))
        }
      }
      meet(worker: worker)
      exchangePartials(stage: index, worker: worker, pass)
      if !stage.merges.isEmpty {
        for merge in stage.merges {
          self.merge(merge, worker: worker, pass)
          profile?.lap(worker: worker, StageLabel(merge))
        }
        meet(worker: worker)
      }
    }
    let total = mergeLosses(plan)
    if case .update = use, !total.loss.isFinite { return total }
    reduceAndUpdate(worker: worker, pass, use: use, round: round)
    return total
  }

  /// Does one worker's part of an update by the gradients that steps left in the buffer; every worker
  /// calls it, after a barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  package func apply(_ update: OptimizerStep, worker: Int) {
    if let gradients = exchanges?.gradients {
      useOwned(gradients, worker: worker, use: .update(update)) { range, _ in
        UnsafePointer(state.gradients.pointer + range.lowerBound)
      }
      return
    }
    let round = nextRound(worker: worker)
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      apply(
        update, at: tile.offset, count: tile.tile.count, decays: tile.decays,
        gradients: state.gradients.pointer + tile.offset)
      caches.changed(layer: tile.layer, tile.range)
      profile?.lap(worker: worker, .update(layer: tile.layer))
    }
    applyToMergedEntries(update, round: round)
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

  private func perform(_ operation: StageProgram.Operation, shard: Int, _ batch: BatchPass) {
    let rows = batch.rows(of: shard)
    func pass(_ layer: Int) -> ShardPass {
      workspace.pass(
        layer: layer, shard: shard, rows: rows, epoch: batch.batch.epoch, samples: batch.samples)
    }
    switch operation {
    case .gather: gather(batch.samples + rows.lowerBound, into: rows, from: batch.batch.source)
    case .forward(let index): workspace.layers[index].layer.forward(pass(index))
    case .finishForward(let index):
      workspace.layers[index].forwardMerge?.layer.finishForward(pass(index))
    case .loss: shardLosses.pointer[shard] = loss(rows: rows)
    case .backward(let index): workspace.layers[index].layer.backward(pass(index))
    case .finishBackward(let index):
      workspace.layers[index].finishing?.finishBackward(pass(index))
    }
  }

  /// Copies samples into rows of the first layer's input.
  private func gather(
    _ samples: UnsafePointer<UInt32>, into rows: Range<Int>, from source: SampleSource
  ) {
    let pixels = source.pixelCount
    kernel_gather_images(
      source.images, samples, Int64(rows.count), Int64(pixels),
      workspace.input.pointer + rows.lowerBound * pixels)
    let labels = workspace.labels.pointer + rows.lowerBound
    for row in 0..<rows.count { labels[row] = source.labels[Int(samples[row])] }
  }

  /// The loss of rows whose logits are there, and its gradient.
  private func loss(rows: Range<Int>) -> LossSum {
    let first = rows.lowerBound
    let classes = state.network.loss.classCount
    return state.network.loss(
      logits: workspace.logits.pointer + first * classes,
      labels: workspace.labels.pointer + first, rows: rows.count,
      gradient: workspace.logitsGradient.pointer + first * classes,
      scratch: workspace.lossScratch.pointer + 2 * first,
      predictions: workspace.predictions.pointer + first,
      smoothing: Float(labelSmoothing))
  }

  /// A worker's slice of a merge's columns.
  func columns(of partials: PartialResults, worker: Int) -> Range<Int> {
    partials.rule.columns(of: worker, workers: team.count)
  }

  /// Merges the worker's slice of the columns and lets the layer take it in.
  private func merge(_ merge: StageProgram.Merge, worker: Int, _ pass: BatchPass) {
    switch merge {
    case .forward(let index):
      let buffers = workspace.layers[index]
      guard let (layer, partials) = buffers.forwardMerge else { return }
      let columns = columns(of: partials, worker: worker)
      self.merge(partials, columns: columns, pass)
      layer.mergedForward(
        partials.slot(0), columns: columns, batchRows: pass.plan.rowCount, memory: buffers.memory)
    case .backward(let index):
      let buffers = workspace.layers[index]
      guard let (layer, partials) = buffers.backwardMerge else { return }
      let columns = columns(of: partials, worker: worker)
      self.merge(partials, columns: columns, pass)
      layer.mergedBackward(
        partials.slot(0), columns: columns, batchRows: pass.plan.rowCount, memory: buffers.memory,
        gradients: buffers.gradients)
    }
  }

  /// Merges what is not merged yet: all shards' slots, or those that ranks have exchanged.
  private func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: BatchPass) {
    if exchanges == nil {
      partials.merge(columns: columns, plan: pass.plan)
    } else {
      partials.mergeAcross(pass.shares, columns: columns, plan: pass.plan)
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

  /// Reduces gradients tile by tile over all shards and uses each tile at once; where there are other
  /// ranks, over this rank's shards, and uses what it owns when all have come together.
  private func reduceAndUpdate(worker: Int, _ pass: BatchPass, use: GradientUse, round: UInt32) {
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      if let gradients = exchanges?.gradients {
        reduceSubtrees(tile, worker: worker, pass, into: gradients)
        gradients.finished(tile: index)
        profile?.lap(worker: worker, .update(layer: tile.layer))
        StopSignals.beat()
        if worker == 0 {
          gradients.startFinished(pass.shares)
          profile?.lap(worker: worker, .exchange)
        }
      } else {
        let sum = reduce(tile, worker: worker, pass, leaves: 0..<pass.plan.shardCount)
        self.use(sum, of: tile, use)
        StopSignals.beat()
        profile?.lap(worker: worker, .update(layer: tile.layer))
      }
    }
    if let gradients = exchanges?.gradients {
      meet(worker: worker)
      if worker == 0 { gradients.startFinished(pass.shares) }
      useOwned(gradients, worker: worker, use: use) { bucket in
        gradients.finish(bucket)
      } gradient: { range, bucket in
        gradients.merge(range, of: bucket, pass.shares)
      }
    } else if case .update(let update) = use {
      applyToMergedEntries(update, round: round)
    }
  }

  private func applyToMergedEntries(_ update: OptimizerStep, round: UInt32) {
    let tileCount = schedule.tiles.count
    for (index, entry) in mergedEntries.enumerated()
    where claims.claim(tileCount + index, round: round) {
      apply(
        update, at: entry.range.lowerBound, count: entry.range.count, decays: entry.decays,
        gradients: state.gradients.pointer + entry.range.lowerBound)
      caches.changed(layer: entry.layer, entry.range)
    }
  }

  /// Sums a tile's gradient over some shards, a whole subtree of them.
  ///
  /// - Returns: The sum, in the worker's scratch.
  func reduce(
    _ tile: TileSchedule.Tile, worker: Int, _ batch: BatchPass, leaves: Range<Int>
  ) -> UnsafePointer<Float> {
    guard let layer = workspace.layers[tile.layer].tiled else {
      preconditionFailure("only layers with tiles have them")
    }
    let scratch = tileScratch[worker].pointer
    let capacity = tileCapacity
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
        into: scratch + (adds ? slot - 1 : slot) * capacity, adds: adds)
    } fold: { into, from, isLeaf in
      if addsOdd && isLeaf { return }
      kernel_add(scratch + into * capacity, scratch + from * capacity, Int64(tile.tile.count))
    }
    return UnsafePointer(scratch)
  }

  /// Uses a tile's gradient while it is in cache.
  @inline(__always)
  private func use(
    _ gradient: UnsafePointer<Float>, of tile: TileSchedule.Tile, _ use: GradientUse
  ) {
    self.use(gradient, of: tile.range, decays: tile.decays, use)
    if case .update = use { caches.changed(layer: tile.layer, tile.range) }
  }

  /// Uses the gradients of a run of parameters, which all decay or none.
  @inline(__always)
  func use(
    _ gradient: UnsafePointer<Float>, of range: Range<Int>, decays: Bool, _ use: GradientUse
  ) {
    switch use {
    case .update(let update):
      apply(
        update, at: range.lowerBound, count: range.count, decays: decays, gradients: gradient)
    case .store:
      let place = state.gradients.pointer + range.lowerBound
      // A merge has left it there.
      if place != gradient { place.update(from: gradient, count: range.count) }
    }
  }

  @inline(__always)
  private func apply(
    _ update: OptimizerStep, at offset: Int, count: Int, decays: Bool,
    gradients: UnsafePointer<Float>
  ) {
    let states = state.optimizerStates
    let parameters = state.parameters.pointer + offset
    // A rule without a state, or with one, ignores what stands in its place.
    let place = offset - state.ownedParameters.lowerBound
    let state1 = states.isEmpty ? parameters : states[0].pointer + place
    let state2 = states.count < 2 ? parameters : states[1].pointer + place
    update.apply(
      to: parameters, gradients: gradients, state1: state1, state2: state2, count: count,
      decays: decays)
  }
}
