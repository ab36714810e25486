import Files
import Model
import Parallel

/// How sums over shards become sums over the batch: within this process, or across ranks.
///
/// Every function is called by all workers with the same arguments but for the worker.
protocol Reduction: Sendable {
  /// Brings together what other processes know of a stage; every worker has passed a barrier then, and
  /// does so again before it returns if there is anything to bring.
  ///
  /// - Parameters:
  ///   - index: The stage.
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  func exchange(stage index: Int, worker: Int, _ pass: BatchPass)
  /// Merges a slice of the columns as far as ``exchange(stage:worker:_:)`` has not.
  ///
  /// - Parameters:
  ///   - partials: The slots.
  ///   - columns: The slice.
  ///   - pass: The batch.
  func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: BatchPass)
  /// Sums the gradients over the batch and uses them.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  ///   - use: What becomes of the gradients.
  func reduceGradients(worker: Int, _ pass: BatchPass, use: GradientUse)
  /// Updates all parameters by the gradients that steps have left in the model's buffer; after a
  /// barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  func apply(_ update: OptimizerStep, worker: Int)
}

/// Numbers under which workers claim items: every worker advances its own copy, and the copies stay
/// equal.
final class ClaimRounds: Sendable {
  private let rounds: AlignedBuffer<UInt32>
  /// A cache line for each worker, and the one that is fetched with it.
  private static let stride = 32

  init(workerCount: Int) {
    rounds = AlignedBuffer(count: workerCount * Self.stride)
  }

  /// A worker's next round.
  func next(worker: Int) -> UInt32 {
    let round = rounds.pointer + worker * Self.stride
    round.pointee &+= 1
    return round.pointee
  }
}

/// The reduction of a single process: each tile is summed and used at once, while it is in cache.
final class LocalReduction: Reduction {
  private let context: StepContext
  private let sums: TileSums
  private let schedule: TileSchedule
  /// Parameters whose gradients come out of a merge.
  private let mergedEntries: [MergedEntry]
  /// Which tiles, and after them which merged entries, a worker has taken.
  private let claims: ClaimTable
  private let rounds: ClaimRounds

  init(
    _ context: StepContext, sums: TileSums, tiles: [TileSchedule.Tile],
    mergedEntries: [MergedEntry]
  ) {
    self.context = context
    self.sums = sums
    self.mergedEntries = mergedEntries
    schedule = TileSchedule(tiles, workerCount: context.team.count)
    claims = ClaimTable(count: tiles.count + mergedEntries.count)
    rounds = ClaimRounds(workerCount: context.team.count)
  }

  func exchange(stage index: Int, worker: Int, _ pass: BatchPass) {}

  func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: BatchPass) {
    partials.merge(columns: columns, plan: pass.plan)
  }

  func reduceGradients(worker: Int, _ pass: BatchPass, use: GradientUse) {
    let round = rounds.next(worker: worker)
    for index in schedule.orders[worker] where claims.claim(index, round: round) {
      let tile = schedule.tiles[index]
      let sum = sums.sum(tile, worker: worker, pass, leaves: 0..<pass.plan.shardCount)
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

  /// Updates parameters by their gradients in the model's buffer.
  private func apply(_ update: OptimizerStep, to range: Range<Int>, of layer: Int, decays: Bool) {
    context.apply(
      update, to: range, decays: decays,
      gradients: context.state.gradients.pointer + range.lowerBound)
    context.caches.changed(layer: layer, range)
  }
}
