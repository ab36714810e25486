import Files
import Model
import Parallel

/// Interprets a program: the operations of its stages on shards, and the merges between them.
struct StageRunner: Sendable {
  private let context: StepContext
  private let workspace: Workspace
  private let loss: SoftmaxCrossEntropy
  private let labelSmoothing: Float
  private let gather: SampleGather
  /// The program of the network.
  let program: StageProgram
  /// For each stage the slots of its merges.
  let partials: [[PartialResults]]
  /// The leaves' losses.
  let losses: AlignedBuffer<LossSum>
  /// The most leaves of a shard.
  private let shardLeaves: Int

  /// Allocates for batches of up to `leafCapacity` leaves, worked on in shards of up to
  /// `shardLeaves`.
  init(
    _ context: StepContext, leafCapacity: Int, shardLeaves: Int, labelSmoothing: Double,
    gather: SampleGather
  ) {
    self.context = context
    self.shardLeaves = shardLeaves
    let workspace = context.workspace
    self.workspace = workspace
    self.labelSmoothing = Float(labelSmoothing)
    self.gather = gather
    loss = context.state.network.loss
    let program = StageProgram(context.state.network)
    self.program = program
    partials = program.stages.map { stage in
      stage.merges.compactMap { merge in
        switch merge {
        case .forward(let index): workspace.layers[index].forwardMerge?.partials
        case .backward(let index): workspace.layers[index].backwardMerge?.partials
        }
      }
    }
    losses = AlignedBuffer(count: leafCapacity)
  }

  /// Transforms a worker's share of the parameters that layers read transformed.
  func transformParameters(worker: Int) {
    for index in program.transformingLayers {
      let buffers = workspace.layers[index]
      buffers.transforming?.transformParameters(
        part: worker, of: context.team.count, memory: buffers.memory)
    }
    context.lap(worker: worker, .transformParameters)
  }

  /// Does all of a stage's operations on one shard of a worker's leaves after another, and merges
  /// the partial results of these leaves.
  func run(_ index: Int, worker: Int, _ pass: RankBatch) {
    let stage = program.stages[index]
    let leaves = pass.workers.part(worker)
    var first = leaves.lowerBound
    while first < leaves.upperBound {
      let shard = first..<min(first + shardLeaves, leaves.upperBound)
      for operation in stage.operations {
        perform(operation, worker: worker, shard: shard, pass)
        StopSignals.beat()
        context.lap(worker: worker, StageLabel(operation))
      }
      first = shard.upperBound
    }
    for (merge, partials) in zip(stage.merges, partials[index]) {
      partials.merge(leaves, of: pass.plan)
      context.lap(worker: worker, StageLabel(merge))
    }
  }

  private func perform(
    _ operation: StageProgram.Operation, worker: Int, shard: Range<Int>, _ batch: RankBatch
  ) {
    let rows = batch.rows(of: shard)
    func pass(_ layer: Int) -> LayerContext {
      workspace.pass(
        layer: layer, worker: worker, firstLeaf: shard.lowerBound, rows: rows,
        epoch: batch.batch.epoch,
        samples: batch.samples)
    }
    switch operation {
    case .gather:
      gather.gather(
        rows, samples: batch.samples, of: batch.batch, worker: worker,
        input: workspace.input.pointer, targets: workspace.targets)
    case .forward(let index): workspace.layers[index].layer.forward(pass(index))
    case .finishForward(let index):
      workspace.layers[index].forwardMerge?.layer.finishForward(pass(index))
    case .loss:
      for leaf in shard { losses.pointer[leaf] = loss(rows: batch.rows(of: leaf..<leaf + 1)) }
    case .backward(let index): workspace.layers[index].layer.backward(pass(index))
    case .finishBackward(let index):
      workspace.layers[index].finishing?.finishBackward(pass(index))
    case .addGradients(let index): workspace.addGradients(layer: index, rows: rows)
    }
  }

  /// The loss of rows whose logits are computed, and its gradient.
  private func loss(rows: Range<Int>) -> LossSum {
    let first = rows.lowerBound
    let classes = loss.classCount
    return loss(
      logits: workspace.logits.pointer + first * classes,
      labels: workspace.targets.labels.pointer + first, rows: rows.count,
      gradient: workspace.logitsGradient.pointer + first * classes,
      scratch: workspace.lossScratch.pointer + 2 * first,
      predictions: workspace.predictions.pointer + first, smoothing: labelSmoothing,
      others: workspace.targets.others(from: first), weights: workspace.targets.weights(from: first)
    )
  }

  /// Does a worker's part of a merge and lets the layer take in the result.
  ///
  /// - Parameters:
  ///   - merge: The merge; every worker has passed a barrier since the stage's operations.
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  ///   - reduction: How slots are merged.
  ///   - statisticsWeight: The weight of this batch in the running statistics.
  func merge(
    _ merge: StageProgram.Merge, worker: Int, _ pass: RankBatch, by reduction: any Reduction,
    statisticsWeight: Double
  ) {
    let rows = pass.plan.rowCount
    /// Merges this worker's columns.
    func merged(_ partials: PartialResults) -> (values: UnsafePointer<Float>, columns: Range<Int>) {
      let columns = context.columns(of: partials, worker: worker)
      reduction.merge(partials, columns: columns, pass)
      return (UnsafePointer(partials.slot(0)), columns)
    }
    switch merge {
    case .forward(let index):
      let buffers = workspace.layers[index]
      guard let (layer, partials) = buffers.forwardMerge else { return }
      let (values, columns) = merged(partials)
      var memory = buffers.memory
      memory.statisticsWeight = statisticsWeight
      layer.mergedForward(values, columns: columns, batchRows: rows, memory: memory)
    case .backward(let index):
      let buffers = workspace.layers[index]
      guard let (layer, partials) = buffers.backwardMerge else { return }
      let (values, columns) = merged(partials)
      layer.mergedBackward(
        values, columns: columns, batchRows: rows, memory: buffers.memory,
        gradients: buffers.gradients)
    }
    context.lap(worker: worker, StageLabel(merge))
  }

  /// The batch's loss; every worker merges the few numbers for itself, which saves a barrier.
  func mergeLosses(_ plan: LeafPlan) -> LossSum {
    PairwiseTree.sum(leafCount: plan.leafCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
  }
}
