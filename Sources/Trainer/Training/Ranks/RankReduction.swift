import Files
import Model
import Parallel

/// The reduction of a batch that several ranks share.
///
/// The ranks exchange partial results after each stage. Each rank sums and uses the gradients of
/// the parameters that it owns.
final class RankReduction: Reduction {
  private let context: StepContext
  private let stages: StageRunner
  private let communicator: any Communicator
  private let sums: TileSums
  private let schedule: TileSchedule
  private let claims: ClaimTable
  private let rounds: ClaimRounds
  private let partials: PartialExchange
  private let gradients: GradientExchange

  /// The number of parameters whose partial sums are merged and used while they are in the cache.
  private static let blockSize = 4_096

  /// Allocates memory for batches of up to `capacity`.
  init(
    _ context: StepContext, stages: StageRunner, sums: TileSums, tiles: [TileSchedule.Tile],
    mergedEntries: [MergedEntry], capacity: LeafPlan, communicator: any Communicator
  ) {
    self.context = context
    self.stages = stages
    self.communicator = communicator
    self.sums = sums
    partials = PartialExchange(
      slotCounts: stages.partials.map { $0.reduce(0) { $0 + $1.stride } },
      capacity: capacity, communicator: communicator)
    let gradients = GradientExchange(
      context.state, tiles: tiles, mergedEntries: mergedEntries,
      blockCapacity: capacity.blockCount, communicator: communicator)
    self.gradients = gradients
    schedule = TileSchedule(
      tiles, workerCount: context.team.count, phase: { gradients.buckets.buckets(ofTile: $0)[0] })
    claims = ClaimTable(count: tiles.count)
    rounds = ClaimRounds(workerCount: context.team.count)
  }

  func exchange(stage index: Int, worker: Int, _ pass: RankBatch) {
    let stage = stages.program.stages[index]
    guard !stage.merges.isEmpty || stage.hasLoss else { return }
    let merges = stages.partials[index]
    for partial in merges {
      partial.merge(
        pass.leaves, between: pass.workers,
        columns: context.columns(of: partial, worker: worker), of: pass.plan)
    }
    context.waitForWorkers(worker: worker)
    if worker == 0 {
      partials.exchange(
        merges, losses: stage.hasLoss ? stages.losses.pointer : nil, pass.leafShares)
      context.lap(worker: worker, .exchange)
    }
    context.waitForWorkers(worker: worker)
  }

  func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: RankBatch) {
    partials.merge(
      0..<pass.plan.leafCount, between: pass.leafShares.division, columns: columns, of: pass.plan)
  }

  func reduceGradients(worker: Int, _ pass: RankBatch, use: GradientUse) {
    let round = rounds.next(worker: worker)
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      reduceSubtrees(tile, worker: worker, pass)
      gradients.finished(tile: index)
      context.lap(worker: worker, .update(layer: tile.layer))
      StopSignals.beat()
      if worker == 0 {
        gradients.startFinished(pass.blockShares)
        context.lap(worker: worker, .exchange)
      }
    }
    context.waitForWorkers(worker: worker)
    if worker == 0 { gradients.startFinished(pass.blockShares) }
    useOwned(worker: worker, use: use) { bucket in
      gradients.finish(bucket)
    } gradient: { range, bucket in
      gradients.merge(range, of: bucket, pass.blockShares)
    }
  }

  func apply(_ update: OptimizerStep, worker: Int) {
    useOwned(worker: worker, use: .update(update)) { range, _ in
      UnsafePointer(context.state.gradients.pointer + range.lowerBound)
    }
  }

  /// Computes a tile's partial sums over each of this rank's subtrees, and puts them into the
  /// exchange.
  private func reduceSubtrees(_ tile: TileSchedule.Tile, worker: Int, _ pass: RankBatch) {
    var subtree = 0
    pass.blockShares.forEachSubtree(of: communicator.rank) { blocks in
      gradients.put(
        sums.sum(tile, worker: worker, pass, blocks: blocks), at: tile.offset,
        count: tile.tile.count, subtree: subtree)
      subtree += 1
    }
  }

  /// Uses the gradients that this rank owns, bucket by bucket, and shares the results with all
  /// ranks.
  ///
  /// All workers call this; each uses its slice of every bucket.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - use: How the gradients are used.
  ///   - prepare: Waits until a bucket's gradients are available; called by worker 0.
  ///   - gradient: Returns the gradients of a range of the flat buffer within a bucket.
  private func useOwned(
    worker: Int, use: GradientUse, prepare: (_ bucket: Int) -> Void = { _ in },
    gradient: (_ range: Range<Int>, _ bucket: Int) -> UnsafePointer<Float>
  ) {
    let state = context.state
    for bucket in 0..<gradients.buckets.count {
      if worker == 0 {
        prepare(bucket)
        context.lap(worker: worker, .exchange)
      }
      context.waitForWorkers(worker: worker)
      let owned = gradients.buckets.range(bucket, of: communicator.rank)
      let own = slice(worker, of: context.team.count, range: owned, alignment: 16)
      for run in gradients.runs {
        var rest = run.range.clamped(to: own)
        while !rest.isEmpty {
          let block = rest.prefix(Self.blockSize)
          rest = block.upperBound..<rest.upperBound
          let values =
            run.isMerged
            ? UnsafePointer(state.gradients.pointer + block.lowerBound) : gradient(block, bucket)
          context.use(values, of: block, decays: run.decays, use)
        }
      }
      context.lap(worker: worker, .updateOwned)
      context.waitForWorkers(worker: worker)
      if worker == 0 {
        switch use {
        case .update: gradients.startSharing(state.parameters.pointer, of: bucket)
        case .store: gradients.startSharing(state.gradients.pointer, of: bucket)
        }
        context.lap(worker: worker, .exchange)
      }
    }
    if worker == 0 {
      gradients.finishSharing()
      context.lap(worker: worker, .exchange)
    }
    context.waitForWorkers(worker: worker)
    guard case .update = use else { return }
    context.caches.allChanged(worker: worker, of: context.team.count)
    context.lap(worker: worker, .updateOwned)
  }
}
