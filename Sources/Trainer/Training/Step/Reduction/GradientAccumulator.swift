import CKernels
import Model
import Parallel

/// Adds the gradients and losses of several batches in the order of ``PairwiseTree``.
///
/// If the number of blocks per batch (``LeafPlan``) is a power of two, each full batch is a
/// complete subtree. Without batch norm, accumulated batches then give the same bits as one large
/// batch.
final class GradientAccumulator: Sendable {
  /// Sums of gradients that are not yet added to the sums of later batches.
  private let waiting: [AlignedBuffer<Float>]
  /// For each worker, the same sums of losses; every worker computes its own copy.
  private let waitingLosses: [AlignedBuffer<LossSum>]

  /// Allocates memory for the sums.
  ///
  /// - Parameters:
  ///   - batchCapacity: The maximum number of batches of a step.
  ///   - gradientCount: The number of floats in the gradient buffer.
  ///   - workerCount: The number of workers.
  init(batchCapacity: Int, gradientCount: Int, workerCount: Int) {
    let slots = PairwiseTree.waitingCount(leafCount: batchCapacity)
    waiting = (0..<slots).map { _ in AlignedBuffer(count: gradientCount) }
    waitingLosses = (0..<workerCount).map { _ in AlignedBuffer(count: slots) }
  }

  /// Adds a worker's share of the gradients of a batch.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of the batch, (gradientCount). After the last batch, `share`
  ///     contains the sum over all batches.
  ///   - share: The range of floats to add.
  ///   - index: The batch's index, from 0, in ascending order of calls.
  ///   - count: The number of batches.
  func add(
    _ gradients: UnsafeMutablePointer<Float>, share: Range<Int>, batch index: Int, of count: Int
  ) {
    let place = gradients + share.lowerBound
    PairwiseTree.arrive(leaf: index, of: count) { slot in
      kernel_add(place, waiting[slot].pointer + share.lowerBound, Int64(share.count))
    } keep: { slot in
      (waiting[slot].pointer + share.lowerBound).update(from: place, count: share.count)
    }
  }

  /// Adds the loss of a batch, in one worker's copy of the sums.
  ///
  /// - Parameters:
  ///   - loss: The summed loss and the correct predictions of the batch.
  ///   - worker: The calling worker.
  ///   - index: The batch's index, from 0, in ascending order of calls.
  ///   - count: The number of batches.
  /// - Returns: After the last batch, the sum over all batches; before, a partial sum.
  func add(_ loss: LossSum, worker: Int, batch index: Int, of count: Int) -> LossSum {
    let slots = waitingLosses[worker].pointer
    var sum = loss
    PairwiseTree.arrive(leaf: index, of: count) { slot in
      sum += slots[slot]
    } keep: { slot in
      slots[slot] = sum
    }
    return sum
  }
}
