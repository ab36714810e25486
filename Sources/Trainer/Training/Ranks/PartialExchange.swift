import Model
import Parallel

/// Exchanges the small partial results of a stage: every rank receives those of all others, in one
/// message per rank.
///
/// A rank's message contains, for each merge of the stage, the slots of its maximal subtrees. In
/// the stage of the loss, the losses of its leaves follow.
final class PartialExchange: Sendable {
  private let communicator: any Communicator
  private let messages: AlignedBuffer<UInt8>
  private let parts: AlignedBuffer<RankPart>

  /// Allocates memory for the stages of a program.
  ///
  /// - Parameters:
  ///   - slotCounts: For each stage, the number of floats in one slot of each of its merges
  ///     together.
  ///   - capacity: The largest batch.
  ///   - communicator: The ranks, at least two.
  init(slotCounts: [Int], capacity: LeafPlan, communicator: any Communicator) {
    self.communicator = communicator
    let full = TreeShares(
      leafCount: capacity.leafCount, leafCapacity: capacity.leafCount,
      rankCount: communicator.size, unit: LeafPlan.blockLeaves)
    let subtrees = (0..<communicator.size).reduce(0) { $0 + full.subtreeCount(of: $1) }
    messages = AlignedBuffer(
      count: subtrees * (slotCounts.max() ?? 0) * MemoryLayout<Float>.stride
        + capacity.leafCount * MemoryLayout<LossSum>.stride)
    parts = AlignedBuffer(count: communicator.size)
  }

  /// Fills the slots of the other ranks' subtrees, and their losses.
  ///
  /// Collective: one worker of each rank calls this while its other workers wait.
  ///
  /// - Parameters:
  ///   - merges: The stage's merges, already merged within this rank.
  ///   - losses: The losses by leaf, if the stage computes them; otherwise nil.
  ///   - shares: The leaves of each rank.
  func exchange(
    _ merges: [PartialResults], losses: UnsafeMutablePointer<LossSum>?, _ shares: TreeShares
  ) {
    let own = communicator.rank
    var end = 0
    for rank in 0..<communicator.size {
      let first = end
      forEachBlock(of: rank, merges, losses, shares) { _, byteCount in end += byteCount }
      parts.pointer[rank] = RankPart(offset: first, count: end - first)
    }
    var place = UnsafeMutableRawPointer(messages.pointer) + parts.pointer[own].offset
    forEachBlock(of: own, merges, losses, shares) { values, byteCount in
      place.copyMemory(from: values, byteCount: byteCount)
      place += byteCount
    }
    communicator.allGather(messages.pointer, parts: parts.pointer)
    for rank in 0..<communicator.size where rank != own {
      var place = UnsafeMutableRawPointer(messages.pointer) + parts.pointer[rank].offset
      forEachBlock(of: rank, merges, losses, shares) { values, byteCount in
        values.copyMemory(from: place, byteCount: byteCount)
        place += byteCount
      }
    }
  }

  /// Visits the blocks of a rank's message, in order.
  private func forEachBlock(
    of rank: Int, _ merges: [PartialResults], _ losses: UnsafeMutablePointer<LossSum>?,
    _ shares: TreeShares, _ visit: (_ values: UnsafeMutableRawPointer, _ byteCount: Int) -> Void
  ) {
    for merge in merges {
      let byteCount = merge.stride * MemoryLayout<Float>.stride
      shares.forEachSubtree(of: rank) { visit(merge.slot($0.lowerBound), byteCount) }
    }
    guard let losses else { return }
    let block = shares.leaves(of: rank)
    visit(losses + block.lowerBound, block.count * MemoryLayout<LossSum>.stride)
  }
}
