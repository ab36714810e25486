import CKernels
import Model
import Parallel

/// One optimizer step over one or several batches, computed by all workers of a team together.
///
/// With only an update rule, it is a ``BatchComputation`` that updates each tile of the parameters
/// while its gradient is in the cache. Otherwise it stores the gradients, adds them over the
/// batches and computes their norm. The update, the limit of weight norms and the moving average
/// follow, with barriers as required. The result does not depend on the division of work among
/// workers.
package final class TrainingStep: Sendable {
  /// Computes the forward and backward passes.
  package let computation: BatchComputation
  /// The update rule.
  package let optimizer: Optimizer
  /// The operations of a step besides the update rule.
  package let options: UpdateOptions

  private let accumulator: GradientAccumulator?
  private let gradientNorm: GradientNorm?
  private let weightNormLimit: WeightNormLimit?
  private let lastNorm = AlignedBuffer<Double>(count: 1)

  /// Allocates all memory that steps need; a step allocates none.
  ///
  /// - Parameters:
  ///   - computation: Computes the forward and backward passes. If `options` has an average, its
  ///     model must keep one; otherwise the program stops.
  ///   - optimizer: The update rule.
  ///   - options: The operations of a step besides the update rule.
  package init(computation: BatchComputation, optimizer: Optimizer, options: UpdateOptions) {
    precondition(options.accumulate >= 1, "a step has at least one batch")
    precondition(
      !options.keepsAverage || computation.state.average != nil,
      "the model keeps no moving average")
    self.computation = computation
    self.optimizer = optimizer
    self.options = options
    let layout = computation.state.network.parameters
    accumulator =
      options.accumulate > 1
      ? GradientAccumulator(
        batchCapacity: options.accumulate, gradientCount: layout.count,
        workerCount: computation.team.count) : nil
    gradientNorm = options.clipNorm == nil ? nil : GradientNorm(count: layout.count)
    weightNormLimit = options.maxNorm.map { WeightNormLimit($0, layout: layout) }
  }

  /// The workers.
  package var team: WorkerTeam { computation.team }
  /// The recorded activity of the workers; nil if it is not recorded.
  package var profile: StageProfile? { computation.profile }

  /// Prepares for parameters that were changed from outside; call it before the next step.
  package func parametersChanged() { computation.parametersChanged() }
  /// Starts a worker's part of a run of steps.
  ///
  /// - Parameter worker: The calling worker.
  package func begin(worker: Int) { computation.begin(worker: worker) }
  /// Ends a worker's part of a step; returns when every worker has ended its part.
  ///
  /// - Parameter worker: The calling worker.
  package func end(worker: Int) { computation.end(worker: worker) }

  /// The norm of the last step's mean gradient before clipping; nil if gradients are not clipped.
  ///
  /// Worker 0 may read it after its step; other threads only while no worker runs.
  var lastGradientNorm: Double? {
    gradientNorm == nil ? nil : lastNorm.pointer.pointee
  }

  /// Computes one worker's part of a step; every worker of the team calls this with equal
  /// arguments.
  ///
  /// When it returns on one worker, other workers may still be computing. Call ``end(worker:)``
  /// before the next step, or end the team's job.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - batchCount: The number of batches of the step, in `1...options.accumulate`.
  ///   - batch: Returns the batch with an index; the same for every worker.
  ///   - number: The step's number, from 1.
  ///   - learningRate: The step's learning rate.
  ///   - keepsGradients: Whether the model's gradient buffer must contain the gradients after the
  ///     step, summed over all rows, neither divided nor clipped. It does not affect the result.
  /// - Returns: The summed loss and the correct predictions of all batches, the same on every
  ///   worker. If the loss of a batch is not finite, those of the first such batch; no parameter,
  ///   optimizer state or average has then changed.
  package func run(
    worker: Int, batchCount: Int, batch: (Int) -> Batch, number: Int, learningRate: Double,
    keepsGradients: Bool = false
  ) -> LossSum {
    precondition(
      (1...options.accumulate).contains(batchCount), "1 to \(options.accumulate) batches")
    let total: LossSum
    if batchCount == 1 && gradientNorm == nil && !keepsGradients {
      let batch = batch(0)
      let update = optimizer.step(
        number: number, gradientScale: 1 / Float(batch.rowCount), learningRate: learningRate)
      total = computation.run(worker: worker, batch: batch, use: .update(update))
      guard total.loss.isFinite else { return total }
    } else {
      let sum = sumGradients(worker: worker, batchCount: batchCount, batch: batch)
      total = sum.total
      guard total.loss.isFinite else { return total }
      let update = optimizer.step(
        number: number, gradientScale: gradientScale(worker: worker, rows: sum.rows),
        learningRate: learningRate)
      computation.apply(update, worker: worker)
    }
    limitWeightNorms(worker: worker)
    moveAverage(worker: worker, step: number)
    return total
  }

  /// Computes the gradients into the model's buffer, summed over the batches, and the sums of
  /// squares for their norm if they are clipped.
  ///
  /// When it returns, every worker has passed a barrier after the last write.
  private func sumGradients(
    worker: Int, batchCount: Int, batch: (Int) -> Batch
  ) -> (total: LossSum, rows: Int) {
    let gradients = computation.state.gradients
    let share = slice(
      worker, of: computation.team.count, count: gradients.count, alignment: GradientNorm.blockSize)
    var total = LossSum()
    var rows = 0
    for index in 0..<batchCount {
      let batch = batch(index)
      total = computation.run(worker: worker, batch: batch, use: .store)
      guard total.loss.isFinite else { return (total, 0) }
      rows += batch.rowCount
      computation.waitForWorkers(worker: worker)
      // The step of the next batch has a barrier before it writes its gradients.
      guard let accumulator, batchCount > 1 else { continue }
      total = accumulator.add(total, worker: worker, batch: index, of: batchCount)
      accumulator.add(gradients.pointer, share: share, batch: index, of: batchCount)
      computation.profile?.lap(worker: worker, .accumulate)
    }
    if let gradientNorm {
      gradientNorm.addSquares(gradients.pointer, share: share)
      computation.profile?.lap(worker: worker, .gradientNorm)
    }
    if batchCount > 1 || gradientNorm != nil { computation.waitForWorkers(worker: worker) }
    return (total, rows)
  }

  /// The factor for summed gradients: 1 / rows, or less if they are clipped.
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
    computation.waitForWorkers(worker: worker)
    weightNormLimit.apply(
      to: computation.state.parameters.pointer, worker: worker, of: computation.team.count)
    computation.profile?.lap(worker: worker, .limitWeightNorms)
    computation.waitForWorkers(worker: worker)
    computation.parametersChanged(worker: worker)
    computation.profile?.lap(worker: worker, .limitWeightNorms)
  }

  /// Updates a worker's share of the moving average.
  private func moveAverage(worker: Int, step number: Int) {
    guard options.keepsAverage, let average = computation.state.average else { return }
    let decay = options.averageDecay(step: number)
    // The limit of weight norms has already ended with a barrier.
    if weightNormLimit == nil { computation.waitForWorkers(worker: worker) }
    move(average.parameters, towards: computation.state.parameters, decay: decay, worker: worker)
    if options.averagesStatistics {
      move(average.statistics, towards: computation.state.statistics, decay: decay, worker: worker)
    }
    computation.profile?.lap(worker: worker, .movingAverage)
  }

  private func move(
    _ average: AlignedBuffer<Float>, towards values: AlignedBuffer<Float>, decay: Double,
    worker: Int
  ) {
    let share = slice(worker, of: computation.team.count, count: values.count, alignment: 16)
    kernel_blend(
      average.pointer + share.lowerBound, values.pointer + share.lowerBound, Int64(share.count),
      Float(decay), Float(1 - decay))
  }
}
