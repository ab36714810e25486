import CKernels
import Model
import Parallel

/// One optimizer step over one or several batches, run by all workers of a team together.
///
/// Where nothing but the update rule is asked for, that is a ``DataParallelStep`` which updates each
/// tile of the parameters while its gradient is in cache. Otherwise gradients are stored, summed over
/// the batches and measured; the update, the limit of weights and the moving average follow, each
/// after a barrier where it needs one. No worker's share of anything enters the result.
package final class TrainingStep: Sendable {
  /// Forward and backward.
  package let step: DataParallelStep
  /// The update rule.
  package let optimizer: Optimizer
  /// What a step does beside it.
  package let options: UpdateOptions

  private let accumulator: GradientAccumulator?
  private let gradientNorm: GradientNorm?
  private let weightNormLimit: WeightNormLimit?
  private let lastNorm = AlignedBuffer<Double>(count: 1)

  /// Allocates everything that steps need beside `step`'s; they allocate nothing.
  ///
  /// - Parameters:
  ///   - step: Forward and backward; its model keeps an average where the options ask for one.
  ///   - optimizer: The update rule.
  ///   - options: What a step does beside it.
  package init(step: DataParallelStep, optimizer: Optimizer, options: UpdateOptions) {
    precondition(options.accumulate >= 1, "a step has at least one batch")
    precondition(
      options.emaDecay == nil || step.state.average != nil, "the model keeps no moving average")
    self.step = step
    self.optimizer = optimizer
    self.options = options
    let layout = step.state.network.parameters
    accumulator =
      options.accumulate > 1
      ? GradientAccumulator(
        batchCapacity: options.accumulate, gradientCount: layout.count,
        workerCount: step.team.count) : nil
    gradientNorm = options.clipNorm == nil ? nil : GradientNorm(count: layout.count)
    weightNormLimit = options.maxNorm.map { WeightNormLimit($0, layout: layout) }
  }

  /// The norm of the last step's mean gradient, before it was clipped; nil where nothing is clipped.
  ///
  /// To be read by worker 0 after its step, or by anybody while no worker runs.
  var lastGradientNorm: Double? {
    gradientNorm == nil ? nil : lastNorm.pointer.pointee
  }

  /// Does one worker's part of a step; every worker of the team calls it with the same arguments.
  ///
  /// When it returns on one worker, others may still be at work: `step.end(worker:)`, or the end of
  /// the job, separates one step from the next.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batchCount: How many batches the step has, 1 to `options.accumulate`.
  ///   - batch: A batch by its index, the same for every worker.
  ///   - number: The step, from 1.
  ///   - learningRate: The step's learning rate.
  ///   - keepsGradients: Whether the model's gradient buffer has to hold the gradients' sum over all
  ///     rows afterwards, neither divided nor clipped. It enters no result.
  /// - Returns: Loss and correct predictions over the batches, the same on every worker. Where the
  ///   loss is not finite, it is that of the first such batch, and no parameter, optimizer state or
  ///   average has changed.
  package func run(
    worker: Int, batchCount: Int, batch: (Int) -> Batch, number: Int, learningRate: Double,
    keepsGradients: Bool = false
  ) -> LossSum {
    precondition(
      (1...options.accumulate).contains(batchCount), "more batches than a step has room for")
    let total: LossSum
    if batchCount == 1 && gradientNorm == nil && !keepsGradients {
      let batch = batch(0)
      let update = optimizer.step(
        number: number, gradientScale: 1 / Float(batch.rowCount), learningRate: learningRate)
      total = step.run(worker: worker, batch: batch, use: .update(update))
      guard total.loss.isFinite else { return total }
    } else {
      let sum = sumGradients(worker: worker, batchCount: batchCount, batch: batch)
      total = sum.total
      guard total.loss.isFinite else { return total }
      let update = optimizer.step(
        number: number, gradientScale: gradientScale(worker: worker, rows: sum.rows),
        learningRate: learningRate)
      step.apply(update, worker: worker)
    }
    limitWeightNorms(worker: worker)
    moveAverage(worker: worker)
    return total
  }

  /// Leaves the gradients, summed over the batches, in the model's buffer, and measures them where
  /// that is needed; every worker has passed a barrier then.
  private func sumGradients(
    worker: Int, batchCount: Int, batch: (Int) -> Batch
  ) -> (total: LossSum, rows: Int) {
    let gradients = step.state.gradients
    let share = slice(
      worker, of: step.team.count, count: gradients.count, alignment: GradientNorm.blockSize)
    var total = LossSum()
    var rows = 0
    for index in 0..<batchCount {
      let batch = batch(index)
      total = step.run(worker: worker, batch: batch, use: .store)
      guard total.loss.isFinite else { return (total, 0) }
      rows += batch.rowCount
      step.meet(worker: worker)
      // The next batch's gradients are written behind another barrier, within its step.
      guard let accumulator, batchCount > 1 else { continue }
      total = accumulator.take(total, worker: worker, batch: index, of: batchCount)
      accumulator.take(gradients.pointer, share: share, batch: index, of: batchCount)
      step.profile?.lap(worker: worker, .accumulate)
    }
    if let gradientNorm {
      gradientNorm.measure(gradients.pointer, share: share)
      step.profile?.lap(worker: worker, .gradientNorm)
    }
    if batchCount > 1 || gradientNorm != nil { step.meet(worker: worker) }
    return (total, rows)
  }

  /// What summed gradients are multiplied by: one over the rows, and less where they are clipped.
  ///
  /// Source: Pascanu, Mikolov and Bengio 2013; PyTorch's `clip_grad_norm_`.
  private func gradientScale(worker: Int, rows: Int) -> Float {
    guard let gradientNorm, let clipNorm = options.clipNorm else { return 1 / Float(rows) }
    let norm = gradientNorm.value / Double(rows)
    if worker == 0 { lastNorm.pointer.pointee = norm }
    let factor = clipNorm / (norm + 1e-6)
    return factor < 1 ? Float(factor / Double(rows)) : 1 / Float(rows)
  }

  private func limitWeightNorms(worker: Int) {
    guard let weightNormLimit else { return }
    step.meet(worker: worker)
    weightNormLimit.apply(
      to: step.state.parameters.pointer, worker: worker, of: step.team.count)
    step.profile?.lap(worker: worker, .limitWeightNorms)
    step.meet(worker: worker)
    step.parametersChanged(worker: worker)
    step.profile?.lap(worker: worker, .limitWeightNorms)
  }

  /// Moves the average of parameters and running statistics towards the model.
  private func moveAverage(worker: Int) {
    guard let emaDecay = options.emaDecay, let average = step.state.average else { return }
    // The weights' limit ended in a barrier already.
    if weightNormLimit == nil { step.meet(worker: worker) }
    move(average.parameters, towards: step.state.parameters, decay: emaDecay, worker: worker)
    move(average.statistics, towards: step.state.statistics, decay: emaDecay, worker: worker)
    step.profile?.lap(worker: worker, .movingAverage)
  }

  private func move(
    _ average: AlignedBuffer<Float>, towards values: AlignedBuffer<Float>, decay: Double,
    worker: Int
  ) {
    let share = slice(worker, of: step.team.count, count: values.count, alignment: 16)
    kernel_moving_average(
      average.pointer + share.lowerBound, values.pointer + share.lowerBound, Int64(share.count),
      Float(decay), Float(1 - decay))
  }
}
