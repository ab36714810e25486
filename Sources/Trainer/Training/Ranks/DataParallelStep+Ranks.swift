import Model
import Parallel

/// What a step does where its batch is shared with other ranks.
extension DataParallelStep {
  /// Brings a stage's partial results, and its losses, from all ranks together, as far as there are
  /// others; every worker has passed a barrier then.
  func exchangePartials(stage index: Int, worker: Int, _ pass: BatchPass) {
    guard let exchange = exchanges?.partials else { return }
    let stage = program.stages[index]
    guard !stage.merges.isEmpty || stage.hasLoss else { return }
    let partials = stagePartials[index]
    for partial in partials {
      partial.mergeWithin(
        communicator.rank, of: pass.shares, columns: columns(of: partial, worker: worker),
        plan: pass.plan)
    }
    meet(worker: worker)
    if worker == 0 {
      exchange.exchange(
        partials, losses: stage.hasLoss ? shardLosses.pointer : nil, pass.shares)
      profile?.lap(worker: worker, .exchange)
    }
    meet(worker: worker)
  }

  /// Leaves a tile's partial sums of this rank's subtrees to be sent.
  func reduceSubtrees(
    _ tile: TileSchedule.Tile, worker: Int, _ pass: BatchPass, into gradients: GradientExchange
  ) {
    var subtree = 0
    pass.shares.forEachSubtree(of: communicator.rank) { leaves in
      gradients.put(
        reduce(tile, worker: worker, pass, leaves: leaves), at: tile.offset,
        count: tile.tile.count, subtree: subtree)
      subtree += 1
    }
  }

  /// Uses a worker's share of the gradients that this rank owns, bucket by bucket, and brings the
  /// result to all ranks.
  ///
  /// - Parameters:
  ///   - gradients: What this rank owns.
  ///   - worker: The calling worker.
  ///   - use: What becomes of the gradients.
  ///   - prepare: Returns when a bucket's gradients can be had; called by worker 0.
  ///   - gradient: Gives the gradients of weights, by their place in the flat buffer and their bucket.
  func useOwned(
    _ gradients: GradientExchange, worker: Int, use: GradientUse,
    prepare: (_ bucket: Int) -> Void = { _ in },
    gradient: (_ range: Range<Int>, _ bucket: Int) -> UnsafePointer<Float>
  ) {
    for bucket in 0..<gradients.buckets.count {
      if worker == 0 {
        prepare(bucket)
        profile?.lap(worker: worker, .exchange)
      }
      meet(worker: worker)
      let owned = gradients.buckets.range(bucket, of: communicator.rank)
      let own = slice(worker, of: team.count, range: owned, alignment: 16)
      for run in gradients.runs {
        var rest = run.range.clamped(to: own)
        while !rest.isEmpty {
          let block = rest.prefix(Self.blockSize)
          rest = block.upperBound..<rest.upperBound
          let values =
            run.isMerged
            ? UnsafePointer(state.gradients.pointer + block.lowerBound) : gradient(block, bucket)
          self.use(values, of: block, decays: run.decays, use)
        }
      }
      profile?.lap(worker: worker, .updateOwned)
      meet(worker: worker)
      if worker == 0 {
        switch use {
        case .update: gradients.startSharing(state.parameters.pointer, of: bucket)
        case .store: gradients.startSharing(state.gradients.pointer, of: bucket)
        }
        profile?.lap(worker: worker, .exchange)
      }
    }
    if worker == 0 {
      gradients.finishSharing()
      profile?.lap(worker: worker, .exchange)
    }
    meet(worker: worker)
    guard case .update = use else { return }
    parametersChanged(worker: worker)
    profile?.lap(worker: worker, .updateOwned)
  }

  /// Floats whose partial sums are merged and used while they are in cache.
  private static let blockSize = 4_096
}
