/// Distributes the leaves of a ``PairwiseTree`` over ranks, one contiguous block per rank.
///
/// A rank merges every edge of the tree whose whole subtree lies in its block. Its remaining
/// partial results are one for each maximal subtree in the block, stored in the place of the
/// subtree's first leaf. Merging those of all ranks along the remaining edges completes the tree,
/// with the same parentheses for any number of ranks. An aligned block of a power of two of leaves
/// has one partial result. Any other block has at most two for each level of the tree.
///
/// The blocks depend on the largest number of leaves, not on the current one. With a smaller batch
/// the last ranks are idle, and no rank has more partial results than with a full batch.
package struct TreeShares: Sendable, Equatable {
  /// The number of leaves that have a partial result.
  package let leafCount: Int
  /// The largest number of leaves; the blocks depend on it.
  package let leafCapacity: Int
  /// The number of ranks.
  package let rankCount: Int
  /// The leaves of a unit, which is never divided.
  package let unit: Int

  /// Distributes leaves over ranks.
  ///
  /// - Parameters:
  ///   - leafCount: The number of leaves that have a partial result, at least 1.
  ///   - leafCapacity: The largest number of leaves, at least `leafCount`.
  ///   - rankCount: The number of ranks, at least 1.
  ///   - unit: The leaves of a unit, at least 1.
  @inlinable
  package init(leafCount: Int, leafCapacity: Int, rankCount: Int, unit: Int = 1) {
    precondition(
      leafCount >= 1 && leafCapacity >= leafCount && rankCount >= 1,
      "there is a leaf, room for all, and a rank")
    self.leafCount = leafCount
    self.leafCapacity = leafCapacity
    self.rankCount = rankCount
    self.unit = unit
  }

  /// The blocks of all ranks, as far as leaves would be there in a full batch.
  @inlinable
  package var division: LeafDivision { LeafDivision(0..<leafCapacity, into: rankCount, unit: unit) }

  /// The leaves of a rank.
  ///
  /// - Parameter rank: The rank, in `0..<rankCount`.
  /// - Returns: The rank's block, possibly empty.
  @inlinable
  package func leaves(of rank: Int) -> Range<Int> {
    division.part(rank).clamped(to: 0..<leafCount)
  }

  /// Visits the maximal subtrees in a rank's block.
  ///
  /// - Parameters:
  ///   - rank: The rank.
  ///   - visit: Receives the leaves of a subtree, whose partial result is in the place of the first
  ///     leaf.
  @inlinable
  package func forEachSubtree(of rank: Int, _ visit: (_ leaves: Range<Int>) -> Void) {
    let block = leaves(of: rank)
    var first = block.lowerBound
    while first < block.upperBound {
      var size = 1
      while first.isMultiple(of: 2 * size), size < leafCount,
        min(first + 2 * size, leafCount) <= block.upperBound
      {
        size *= 2
      }
      let end = min(first + size, leafCount)
      visit(first..<end)
      first = end
    }
  }

  /// The number of partial results of a rank.
  ///
  /// - Parameter rank: The rank.
  /// - Returns: The number of maximal subtrees in its block; 0 if the block is empty.
  @inlinable
  package func subtreeCount(of rank: Int) -> Int {
    var count = 0
    forEachSubtree(of: rank) { _ in count += 1 }
    return count
  }
}
