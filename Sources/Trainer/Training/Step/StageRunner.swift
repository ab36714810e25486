import CKernels
import Files
import Model
import Parallel

/// Interprets a program: the operations of its stages on shards, and the merges between them.
struct StageRunner: Sendable {
  private let context: StepContext
  private let workspace: Workspace
  private let loss: SoftmaxCrossEntropy
  private let labelSmoothing: Float
  /// What the network's layers do.
  let program: StageProgram
  /// For each stage the slots of its merges.
  let partials: [[PartialResults]]
  /// The shards' losses.
  let losses: AlignedBuffer<LossSum>

  /// Allocates for batches of up to `shardCapacity` shards.
  init(_ context: StepContext, shardCapacity: Int, labelSmoothing: Double) {
    self.context = context
    let workspace = context.workspace
    self.workspace = workspace
    self.labelSmoothing = Float(labelSmoothing)
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
    losses = AlignedBuffer(count: shardCapacity)
  }

  /// Does all of a stage's operations on one shard after another.
  func run(_ stage: StageProgram.Stage, shards: Range<Int>, worker: Int, _ pass: RankBatch) {
    for shard in shards {
      for operation in stage.operations {
        perform(operation, shard: shard, pass)
        StopSignals.beat()
        context.lap(worker: worker, StageLabel(operation))
      }
    }
  }

  private func perform(_ operation: StageProgram.Operation, shard: Int, _ batch: RankBatch) {
    let rows = batch.rows(of: shard)
    func pass(_ layer: Int) -> LayerContext {
      workspace.pass(
        layer: layer, shard: shard, rows: rows, epoch: batch.batch.epoch, samples: batch.samples)
    }
    switch operation {
    case .gather: gather(batch.samples + rows.lowerBound, into: rows, from: batch.batch.source)
    case .forward(let index): workspace.layers[index].layer.forward(pass(index))
    case .finishForward(let index):
      workspace.layers[index].forwardMerge?.layer.finishForward(pass(index))
    case .loss: losses.pointer[shard] = loss(rows: rows)
    case .backward(let index): workspace.layers[index].layer.backward(pass(index))
    case .finishBackward(let index):
      workspace.layers[index].finishing?.finishBackward(pass(index))
    case .addGradients(let index): workspace.addGradients(layer: index, rows: rows)
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

  /// The loss of rows whose logits are computed, and its gradient.
  private func loss(rows: Range<Int>) -> LossSum {
    let first = rows.lowerBound
    let classes = loss.classCount
    return loss(
      logits: workspace.logits.pointer + first * classes,
      labels: workspace.labels.pointer + first, rows: rows.count,
      gradient: workspace.logitsGradient.pointer + first * classes,
      scratch: workspace.lossScratch.pointer + 2 * first,
      predictions: workspace.predictions.pointer + first, smoothing: labelSmoothing)
  }

  /// Does a worker's part of a merge and lets the layer take in the result.
  ///
  /// - Parameters:
  ///   - merge: The merge; every worker has passed a barrier since the stage's operations.
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  ///   - reduction: How slots are merged.
  func merge(
    _ merge: StageProgram.Merge, worker: Int, _ pass: RankBatch, by reduction: any Reduction
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
      layer.mergedForward(values, columns: columns, batchRows: rows, memory: buffers.memory)
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
  func mergeLosses(_ plan: ShardPlan) -> LossSum {
    PairwiseTree.sum(leafCount: plan.shardCount) {
      losses.pointer[$0]
    } combine: {
      $0 += $1
    }
  }
}
