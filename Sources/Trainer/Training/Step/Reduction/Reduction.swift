import Model
import Parallel

/// Reduces the workers' sums to sums over the batch, within one process or across ranks.
///
/// All workers call each method with equal arguments, except for the worker.
protocol Reduction: Sendable {
  /// Exchanges the partial results of a stage with other ranks.
  ///
  /// Every worker must have passed a barrier after the stage. If anything is exchanged, every
  /// worker passes another barrier before this returns.
  ///
  /// - Parameters:
  ///   - index: The index of the stage.
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  func exchange(stage index: Int, worker: Int, _ pass: RankBatch)
  /// Completes the merge of a range of columns after ``exchange(stage:worker:_:)``: the leaves of
  /// each worker are merged.
  ///
  /// - Parameters:
  ///   - partials: The partial results, by leaf.
  ///   - columns: The columns to merge.
  ///   - pass: The batch.
  func merge(_ partials: PartialResults, columns: Range<Int>, _ pass: RankBatch)
  /// Sums the gradients over the batch and uses them.
  ///
  /// - Parameters:
  ///   - worker: The calling worker.
  ///   - pass: The batch.
  ///   - use: How the gradients are used.
  func reduceGradients(worker: Int, _ pass: RankBatch, use: GradientUse)
  /// Updates all parameters with the gradients in the model's buffer; called after a barrier.
  ///
  /// - Parameters:
  ///   - update: The optimizer's update.
  ///   - worker: The calling worker.
  func apply(_ update: OptimizerStep, worker: Int)
}
