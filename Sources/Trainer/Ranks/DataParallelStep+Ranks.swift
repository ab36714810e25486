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

  /// Uses a worker's share of the gradients that this rank owns, and brings the result to all ranks.
  ///
  /// - Parameters:
  ///   - gradients: What this rank owns.
  ///   - worker: The calling worker.
  ///   - use: What becomes of the gradients.
  ///   - gradient: Gives the gradients of weights, by their place in the flat buffer.
  func useOwned(
    _ gradients: GradientExchange, worker: Int, use: GradientUse,
    gradient: (Range<Int>) -> UnsafePointer<Float>
  ) {
    let share = slice(worker, of: team.count, count: gradients.owned.count, alignment: 16)
    let first = gradients.owned.lowerBound
    let own = first + share.lowerBound..<first + share.upperBound
    for run in gradients.runs {
      var rest = run.range.clamped(to: own)
      while !rest.isEmpty {
        let block = rest.prefix(Self.blockSize)
        rest = block.upperBound..<rest.upperBound
        if run.isMerged {
          self.use(state.gradients.pointer + block.lowerBound, of: block, decays: run.decays, use)
        } else {
          self.use(gradient(block), of: block, decays: run.decays, use)
        }
      }
    }
    profile?.lap(worker: worker, .updateOwned)
    meet(worker: worker)
    if worker == 0 {
      switch use {
      case .update: gradients.share(state.parameters.pointer)
      case .store: gradients.share(state.gradients.pointer)
      }
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
