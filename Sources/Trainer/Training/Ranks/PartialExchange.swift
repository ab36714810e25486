import Model
import Parallel

/// How the small partial results of a stage meet: every rank gets those of all, in one message.
///
/// A rank's message holds, for each merge of the stage, the slots of its maximal subtrees; with the
/// loss's stage its shards' losses come after them.
final class PartialExchange: Sendable {
  private let communicator: any Communicator
  private let messages: AlignedBuffer<UInt8>
  private let parts: AlignedBuffer<RankPart>

  /// Allocates for the stages of a program.
  ///
  /// - Parameters:
  ///   - slotCounts: For each stage the floats of one slot of all its merges.
  ///   - shardCapacity: The most shards of a batch.
  ///   - communicator: The ranks, more than one.
  init(slotCounts: [Int], shardCapacity: Int, communicator: any Communicator) {
    self.communicator = communicator
    let full = TreeShares(
      leafCount: shardCapacity, leafCapacity: shardCapacity, rankCount: communicator.size)
    let subtrees = (0..<communicator.size).reduce(0) { $0 + full.subtreeCount(of: $1) }
    messages = AlignedBuffer(
      count: subtrees * (slotCounts.max() ?? 0) * MemoryLayout<Float>.stride
        + shardCapacity * MemoryLayout<LossSum>.stride)
    parts = AlignedBuffer(count: communicator.size)
  }

  /// Fills the slots of the other ranks' subtrees, and their losses; called by one worker while the
  /// others wait.
  ///
  /// - Parameters:
  ///   - merges: The stage's merges, each merged within this rank.
  ///   - losses: The losses by shard, where the stage has computed them.
  ///   - shards: Which shards each rank has.
  func exchange(
    _ merges: [PartialResults], losses: UnsafeMutablePointer<LossSum>?, _ shards: TreeShares
  ) {
    let own = communicator.rank
    var end = 0
    for rank in 0..<communicator.size {
      let first = end
      forEachBlock(of: rank, merges, losses, shards) { _, byteCount in end += byteCount }
      parts.pointer[rank] = RankPart(offset: first, count: end - first)
    }
    var place = UnsafeMutableRawPointer(messages.pointer) + parts.pointer[own].offset
    forEachBlock(of: own, merges, losses, shards) { values, byteCount in
      place.copyMemory(from: values, byteCount: byteCount)
      place += byteCount
    }
    communicator.allGather(messages.pointer, parts: parts.pointer)
    for rank in 0..<communicator.size where rank != own {
      var place = UnsafeMutableRawPointer(messages.pointer) + parts.pointer[rank].offset
      forEachBlock(of: rank, merges, losses, shards) { values, byteCount in
        values.copyMemory(from: place, byteCount: byteCount)
        place += byteCount
      }
    }
  }

  /// Visits what a rank's message is made of, in its order.
  private func forEachBlock(
    of rank: Int, _ merges: [PartialResults], _ losses: UnsafeMutablePointer<LossSum>?,
    _ shards: TreeShares, _ visit: (_ values: UnsafeMutableRawPointer, _ byteCount: Int) -> Void
  ) {
    for merge in merges {
      let byteCount = merge.stride * MemoryLayout<Float>.stride
      shards.forEachSubtree(of: rank) { visit(merge.slot($0.lowerBound), byteCount) }
    }
    guard let losses else { return }
    let block = shards.leaves(of: rank)
    visit(losses + block.lowerBound, block.count * MemoryLayout<LossSum>.stride)
  }
}
