import CKernels
import Model
import Parallel

/// Adds what several batches leave in the same place, in the order of ``PairwiseTree``.
///
/// A power of two of shards a batch is a whole subtree, so that batches accumulated have the bits of
/// one large batch.
final class GradientAccumulator: Sendable {
  /// Sums of gradients that wait for the batches to their right.
  private let waiting: [AlignedBuffer<Float>]
  /// The same of losses, for each worker, which all add them for themselves.
  private let waitingLosses: [AlignedBuffer<LossSum>]

  /// Makes room.
  ///
  /// - Parameters:
  ///   - batchCapacity: The most batches of a step.
  ///   - gradientCount: Floats of a batch's gradients.
  ///   - workerCount: How many workers there are.
  init(batchCapacity: Int, gradientCount: Int, workerCount: Int) {
    let slots = PairwiseTree.waitingCount(leafCount: batchCapacity)
    waiting = (0..<slots).map { _ in AlignedBuffer(count: gradientCount) }
    waitingLosses = (0..<workerCount).map { _ in AlignedBuffer(count: slots) }
  }

  /// Takes in a worker's share of a batch's gradients.
  ///
  /// - Parameters:
  ///   - gradients: Where each batch leaves them; after the last batch their sum.
  ///   - share: Which of them.
  ///   - index: The batch's index.
  ///   - count: How many batches there are.
  func take(
    _ gradients: UnsafeMutablePointer<Float>, share: Range<Int>, batch index: Int, of count: Int
  ) {
    let place = gradients + share.lowerBound
    PairwiseTree.arrive(leaf: index, of: count) { slot in
      kernel_add(place, waiting[slot].pointer + share.lowerBound, Int64(share.count))
    } keep: { slot in
      (waiting[slot].pointer + share.lowerBound).update(from: place, count: share.count)
    }
  }

  /// Takes in a batch's loss, for one worker.
  ///
  /// - Parameters:
  ///   - loss: The batch's.
  ///   - worker: The calling worker.
  ///   - index: The batch's index.
  ///   - count: How many batches there are.
  /// - Returns: After the last batch the sum.
  func take(_ loss: LossSum, worker: Int, batch index: Int, of count: Int) -> LossSum {
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
