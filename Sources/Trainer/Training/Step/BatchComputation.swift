import Model
import Parallel

/// The forward pass, backward pass and update of one batch, computed by all workers of a team
/// together.
///
/// Sums over leaves are added in the order of ``PairwiseTree``. So the result depends neither on
/// the division of work among workers nor on the size of shards.
package final class BatchComputation: Sendable {
  /// The model that is trained.
  package let state: ModelState
  /// The workers.
  package let team: WorkerTeam
  /// The profile of the workers; nil if none is recorded.
  package let profile: StageProfile?
  /// The ranks that share the blocks of a batch.
  package let communicator: any Communicator
  /// The memory for this rank's rows of a batch.
  package let workspace: Workspace

  private let context: StepContext
  private let stages: StageRunner
  private let reduction: any Reduction
  private let capacity: LeafPlan
  private let unit: Int

  /// Allocates all memory that steps need; a step allocates none.
  ///
  /// The model must have a gradient buffer of the size of its parameters; otherwise the program
  /// stops.
  ///
  /// - Parameters:
  ///   - state: The model. With several ranks, it holds the optimizer's state of this rank's
  ///     ``ParameterShares``.
  ///   - team: The workers.
  ///   - batchCapacity: The maximum number of rows of a batch, at least 1.
  ///   - shardSize: How many rows a worker takes through a stage at once.
  ///   - labelSmoothing: The share of a label's probability that is distributed evenly over all
  ///     classes in training, from 0 to below 1. Evaluation does not use it.
  ///   - classWeights: What the losses of each class's samples are multiplied by in training,
  ///     (classes); nil for 1. Evaluation does not use them.
  ///   - distorter: What distorts the images of a batch; nil if they stay as they are. Evaluation
  ///     does not use it.
  ///   - mixer: What mixes the samples of a batch with others; nil if they are not mixed.
  ///     Evaluation does not use it.
  ///   - profile: The profile to record into; nil for none.
  ///   - communicator: The ranks. Each creates such a step with equal arguments; only the teams may
  ///     differ.
  package init(
    state: ModelState, team: WorkerTeam, batchCapacity: Int, shardSize: ShardSize = .auto,
    labelSmoothing: Double = 0, classWeights: [Float]? = nil, distorter: ImageDistorter? = nil,
    mixer: SampleMixer? = nil, profile: StageProfile? = nil,
    communicator: any Communicator = SingleProcess()
  ) {
    precondition(
      state.gradients.count == state.parameters.count, "the model has a gradient buffer")
    self.communicator = communicator
    self.profile = profile
    self.state = state
    self.team = team
    let capacity = LeafPlan(rowCount: batchCapacity)
    self.capacity = capacity
    let unit = state.network.unitLeaves
    self.unit = unit
    let own = TreeShares(
      leafCount: capacity.leafCount, leafCapacity: capacity.leafCount,
      rankCount: communicator.size, unit: LeafPlan.blockLeaves
    ).leaves(of: communicator.rank)
    let ownRows = capacity.rows(of: own)
    let workspace = Workspace(
      state: state, rowCapacity: max(ownRows.count, 1), leafCapacity: capacity.leafCount,
      workerCount: team.count,
      targets: RowTargets(
        rowCapacity: max(ownRows.count, 1), isMixed: mixer != nil, classWeights: classWeights))
    self.workspace = workspace
    let tiles = TileSchedule.tiles(of: state.network)
    let mergedEntries = TileSchedule.mergedEntries(of: state.network, tiles: tiles)
    context = StepContext(
      state: state, team: team, workspace: workspace,
      caches: ParameterCaches(
        state.network, memories: workspace.layers.map(\.memory), tiles: tiles,
        mergedEntries: mergedEntries),
      profile: profile)
    stages = StageRunner(
      context, leafCapacity: capacity.leafCount,
      shardLeaves: shardSize.leaves(for: state.network),
      labelSmoothing: labelSmoothing,
      gather: SampleGather(distorter, mixer, workerCount: team.count))
    let sums = TileSums(
      workspace, blockCapacity: capacity.blockCount, workerCount: team.count)
    reduction =
      communicator.size == 1
      ? LocalReduction(context, sums: sums, tiles: tiles, mergedEntries: mergedEntries)
      : RankReduction(
        context, stages: stages, sums: sums, tiles: tiles, mergedEntries: mergedEntries,
        capacity: capacity, communicator: communicator)
    let workers = LeafDivision(own, into: team.count, unit: unit)
    team.run { worker in
      let leaves = workers.part(worker)
      let rows = capacity.rows(of: leaves)
      workspace.touch(
        leaves, rows: rows.lowerBound - ownRows.lowerBound..<rows.upperBound - ownRows.lowerBound)
    }
  }

  /// Prepares a worker for a sequence of steps: starts its clock in the profile.
  ///
  /// - Parameter worker: The calling worker.
  package func begin(worker: Int) {
    profile?.start(worker: worker)
  }

  /// Ends a worker's part of a step: waits until every worker has finished the step.
  ///
  /// - Parameter worker: The calling worker.
  package func end(worker: Int) {
    context.lap(worker: worker, .betweenSteps)
    waitForWorkers(worker: worker)
  }

  /// Waits for the other workers.
  ///
  /// - Parameter worker: The calling worker.
  func waitForWorkers(worker: Int) {
    context.waitForWorkers(worker: worker)
  }

  /// Updates all copies of parameters after a change from outside of steps.
  ///
  /// It must be called before the next step, while no worker runs.
  package func parametersChanged() {
    context.caches.allChanged(worker: 0, of: 1)
  }

  /// Updates a worker's share of the copies of parameters; every worker of the team calls this.
  ///
  /// - Parameter worker: The calling worker.
  func parametersChanged(worker: Int) {
    context.caches.allChanged(worker: worker, of: team.count)
  }

  /// Computes one worker's part of a step; every worker of the team calls this with equal
  /// arguments.
  ///
  /// When it returns on one worker, other workers may still be computing. Call ``end(worker:)``
  /// before the next step, or end the team's job.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batch: The samples.
  ///   - use: How the gradients are used. If the loss is not finite, nothing is updated.
  /// - Returns: The summed loss and the correct predictions of the batch, the same on every worker.
  package func run(worker: Int, batch: Batch, use: GradientUse) -> LossSum {
    let pass = rankBatch(batch)
    transformParameters(worker: worker)
    for index in stages.program.stages.indices { run(stage: index, worker: worker, pass) }
    let total = stages.mergeLosses(pass.plan)
    if case .update = use, !total.loss.isFinite { return total }
    reduction.reduceGradients(worker: worker, pass, use: use)
    return total
  }

  /// Computes one worker's part of a forward pass that changes only the running statistics; every
  /// worker of the team calls this with equal arguments.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batch: The samples.
  ///   - weight: The weight of this batch in the running statistics, from 0 to 1.
  func updateStatistics(worker: Int, batch: Batch, weight: Double) {
    let pass = rankBatch(batch)
    transformParameters(worker: worker)
    // The stage of the loss, and those after it, have no statistics.
    for index in stages.program.stages.prefix(while: { !$0.hasLoss }).indices {
      run(stage: index, worker: worker, pass, statisticsWeight: weight)
    }
  }

  /// Lets layers transform their parameters; when it returns, every worker has done its share.
  private func transformParameters(worker: Int) {
    if stages.program.transformingLayers.isEmpty { return }
    stages.transformParameters(worker: worker)
    waitForWorkers(worker: worker)
  }

  private func rankBatch(_ batch: Batch) -> RankBatch {
    RankBatch(
      batch, capacity: capacity, rank: communicator.rank, of: communicator.size,
      workerCount: team.count, unit: unit)
  }

  /// Runs a stage and its merges; when it returns after merges, every worker has passed a barrier.
  private func run(
    stage index: Int, worker: Int, _ pass: RankBatch,
    statisticsWeight: Double = BatchNorm.momentum
  ) {
    let stage = stages.program.stages[index]
    stages.run(index, worker: worker, pass)
    waitForWorkers(worker: worker)
    reduction.exchange(stage: index, worker: worker, pass)
    if stage.merges.isEmpty { return }
    for merge in stage.merges {
      stages.merge(
        merge, worker: worker, pass, by: reduction, statisticsWeight: statisticsWeight)
    }
    waitForWorkers(worker: worker)
  }

  /// Computes one worker's part of an update with the gradients in the model's buffer.
  ///
  /// Every worker of the team calls this after a barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  package func apply(_ update: OptimizerStep, worker: Int) {
    reduction.apply(update, worker: worker)
  }
}
