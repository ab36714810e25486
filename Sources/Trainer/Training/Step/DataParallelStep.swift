import Model
import Parallel

/// Forward, backward and update of one batch, run by all workers of a team together.
///
/// Every sum over shards follows ``PairwiseTree``, and which worker does what never enters a result.
package final class DataParallelStep: Sendable {
  /// The model that is trained.
  package let state: ModelState
  /// The workers.
  package let team: WorkerTeam
  /// Rows of a shard.
  package let shardSize: Int
  /// Records what every worker does, if there is one.
  package let profile: StageProfile?
  /// The ranks that the batch's shards are dealt out to.
  package let communicator: any Communicator
  package let workspace: Workspace

  private let context: StepContext
  private let stages: StageRunner
  private let reduction: any Reduction
  private let shardCapacity: Int

  /// Allocates everything that steps need; they allocate nothing.
  ///
  /// - Parameters:
  ///   - state: The model, which has room for gradients.
  ///   - team: The workers.
  ///   - batchCapacity: The most rows of a batch, at least 1.
  ///   - shardSize: Rows of a shard, at least 1.
  ///   - labelSmoothing: The share of a label's probability that is spread evenly over all classes in
  ///     training, at least 0 and under 1; evaluation knows none.
  ///   - profile: Records what every worker does, if given.
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
    self.profile = profile
    self.state = state
    self.team = team
    // A larger shard than the batch is the batch, and needs no more memory.
    let shardSize = min(shardSize, batchCapacity)
    self.shardSize = shardSize
    let plan = ShardPlan(rowCount: batchCapacity, shardSize: shardSize)
    shardCapacity = plan.shardCount
    let own = slice(communicator.rank, of: communicator.size, count: plan.shardCount)
    let workspace = Workspace(
      state: state, rowCapacity: min(own.count * shardSize, batchCapacity),
      shardCapacity: plan.shardCount)
    self.workspace = workspace
    let tiles = TileSchedule.tiles(of: state.network, shardSize: shardSize)
    let mergedEntries = TileSchedule.mergedEntries(of: state.network, tiles: tiles)
    context = StepContext(
      state: state, team: team, workspace: workspace,
      caches: ParameterCaches(
        state.network, memories: workspace.layers.map(\.memory), tiles: tiles,
        mergedEntries: mergedEntries),
      profile: profile)
    stages = StageRunner(context, shardCapacity: plan.shardCount, labelSmoothing: labelSmoothing)
    let sums = TileSums(
      workspace, tiles: tiles, shardSize: shardSize, shardCapacity: plan.shardCount,
      workerCount: team.count)
    reduction =
      communicator.size == 1
      ? LocalReduction(context, sums: sums, tiles: tiles, mergedEntries: mergedEntries)
      : RankReduction(
        context, stages: stages, sums: sums, tiles: tiles, mergedEntries: mergedEntries,
        shardCapacity: plan.shardCount, communicator: communicator)
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
    context.lap(worker: worker, .betweenSteps)
    meet(worker: worker)
  }

  /// Waits for the other workers.
  ///
  /// - Parameter worker: The calling worker.
  func meet(worker: Int) {
    context.meet(worker: worker)
  }

  /// Takes note that parameters were changed from outside; to be called before the next step.
  package func parametersChanged() {
    context.caches.allChanged(worker: 0, of: 1)
  }

  /// Takes note of changes to a worker's share of the parameters.
  ///
  /// - Parameter worker: The calling worker.
  func parametersChanged(worker: Int) {
    context.caches.allChanged(worker: worker, of: team.count)
  }

  /// Does one worker's part of a step; every worker of the team calls it with the same arguments.
  ///
  /// When it returns on one worker, others may still be at work; ``end(worker:)``, or the end of the
  /// job, separates one step from the next.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batch: The samples.
  ///   - use: What becomes of the gradients. Nothing is updated if the loss is not finite.
  /// - Returns: The batch's loss and correct predictions, the same on every worker.
  package func run(worker: Int, batch: Batch, use: GradientUse) -> LossSum {
    let plan = ShardPlan(rowCount: batch.rowCount, shardSize: shardSize)
    let shares = TreeShares(
      leafCount: plan.shardCount, leafCapacity: shardCapacity, rankCount: communicator.size)
    let own = shares.leaves(of: communicator.rank)
    let shards = slice(worker, of: team.count, range: own)
    let pass = BatchPass(batch: batch, plan: plan, shares: shares, firstShard: own.lowerBound)
    for (index, stage) in stages.program.stages.enumerated() {
      stages.run(stage, shards: shards, worker: worker, pass)
      meet(worker: worker)
      reduction.exchange(stage: index, worker: worker, pass)
      if stage.merges.isEmpty { continue }
      for merge in stage.merges { stages.merge(merge, worker: worker, pass, by: reduction) }
      meet(worker: worker)
    }
    let total = stages.mergeLosses(plan)
    if case .update = use, !total.loss.isFinite { return total }
    reduction.reduceGradients(worker: worker, pass, use: use)
    return total
  }

  /// Does one worker's part of an update by the gradients that steps left in the buffer; every worker
  /// calls it, after a barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  package func apply(_ update: OptimizerStep, worker: Int) {
    reduction.apply(update, worker: worker)
  }
}
