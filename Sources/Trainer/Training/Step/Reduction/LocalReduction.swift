import Files
import Model
import Parallel

/// The reduction of a single process: each tile is summed and used while it is in the cache.
final class LocalReduction: Reduction {
  private let context: StepContext
  private let sums: TileSums
  private let schedule: TileSchedule
  /// The parameters whose gradients are results of a merge, in pieces.
  private let mergedEntries: [MergedEntry]
  /// The claims of tiles, followed by those of merged entries.
  private let claims: ClaimTable
  private let rounds: ClaimRounds

  init(
    _ context: StepContext, sums: TileSums, tiles: [TileSchedule.Tile],
    mergedEntries: [MergedEntry]
  ) {
    self.context = context
    self.sums = sums
    let mergedEntries = mergedEntries.flatMap(\.pieces)
    self.mergedEntries = mergedEntries
    schedule = TileSchedule(tiles, workerCount: context.team.count)
    claims = ClaimTable(count: tiles.count + mergedEntries.count)
    rounds = ClaimRounds(workerCount: context.team.count)
  }

  func exchange(stage index: Int, worker: Int, _ pass: RankBatch) {}

  func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: RankBatch) {
    partials.merge(pass.leaves, between: pass.workers, columns: columns, of: pass.plan)
  }

  func reduceGradients(worker: Int, _ pass: RankBatch, use: GradientUse) {
    let round = rounds.next(worker: worker)
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      let blocks = 0..<pass.plan.blockCount
      // What the update will change is fetched bit by bit while the products compute.
      let sum = sums.sum(tile, worker: worker, pass, blocks: blocks) { part in
        context.prefetch(tile.offset + part.lowerBound..<tile.offset + part.upperBound)
      }
      context.use(sum, of: tile.range, decays: tile.decays, use)
      if case .update = use { context.caches.changed(layer: tile.layer, tile.range) }
      StopSignals.beat()
      context.lap(worker: worker, .update(layer: tile.layer))
    }
    if case .update(let update) = use { applyToMergedEntries(update, round: round) }
  }

  func apply(_ update: OptimizerStep, worker: Int) {
    let round = rounds.next(worker: worker)
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      apply(update, to: tile.range, of: tile.layer, decays: tile.decays)
      context.lap(worker: worker, .update(layer: tile.layer))
    }
    applyToMergedEntries(update, round: round)
  }

  private func applyToMergedEntries(_ update: OptimizerStep, round: UInt32) {
    let tileCount = schedule.tiles.count
    for (index, entry) in mergedEntries.enumerated()
    where claims.claim(tileCount + index, round: round) {
      apply(update, to: entry.range, of: entry.layer, decays: entry.decays)
    }
  }

  /// Updates a range of parameters with the gradients in the model's buffer.
  private func apply(_ update: OptimizerStep, to range: Range<Int>, of layer: Int, decays: Bool) {
    context.apply(
      update, to: range, decays: decays,
      gradients: context.state.gradients.pointer + range.lowerBound)
    context.caches.changed(layer: layer, range)
  }
}
