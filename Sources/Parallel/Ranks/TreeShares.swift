/// The leaves of a ``PairwiseTree`` dealt out to ranks, a contiguous block each.
///
/// An edge of the tree whose whole subtree lies in one block is that rank's to merge. What is left of a
/// block are its partial results, one for each maximal subtree in it, in the place of the subtree's
/// first leaf; merging those of all ranks by the remaining edges makes the tree whole, with the same
/// parentheses for any number of ranks. A block of aligned leaves, a power of two of them, leaves one
/// partial result; any other at most two for each level of the tree.
///
/// The cut follows the greatest number of leaves, not those at hand: a smaller batch leaves the last
/// ranks idle, and no rank ever has more partial results than with a full one.
package struct TreeShares: Sendable, Equatable {
  /// How many leaves hold a partial result.
  package let leafCount: Int
  /// The most leaves there can be; the cut depends on it.
  package let leafCapacity: Int
  /// How many ranks there are.
  package let rankCount: Int

  /// Deals leaves out.
  ///
  /// - Parameters:
  ///   - leafCount: How many leaves hold a partial result, at least 1.
  ///   - leafCapacity: The most leaves there can be, at least `leafCount`.
  ///   - rankCount: How many ranks there are, at least 1.
  @inlinable
  package init(leafCount: Int, leafCapacity: Int, rankCount: Int) {
    precondition(
      leafCount >= 1 && leafCapacity >= leafCount && rankCount >= 1,
      "there is a leaf, room for all, and a rank")
    self.leafCount = leafCount
    self.leafCapacity = leafCapacity
    self.rankCount = rankCount
  }

  /// A rank's leaves.
  ///
  /// - Parameter rank: In `0..<rankCount`.
  /// - Returns: The block, perhaps empty.
  @inlinable
  package func leaves(of rank: Int) -> Range<Int> {
    slice(rank, of: rankCount, count: leafCapacity).clamped(to: 0..<leafCount)
  }

  /// The rank that has a leaf.
  ///
  /// - Parameter leaf: In `0..<leafCount`.
  /// - Returns: The rank.
  @inlinable
  package func owner(of leaf: Int) -> Int {
    // The inverse of `slice`: the last rank whose block starts at the leaf or before.
    ((leaf + 1) * rankCount - 1) / leafCapacity
  }

  /// Whether an edge's whole subtree lies in one rank's block.
  @inlinable
  func isInner(_ into: Int, _ from: Int) -> Bool {
    let end = min(2 * from - into, leafCount)
    return owner(of: into) == owner(of: end - 1)
  }

  /// Merges a rank's leaves in place as far as it can alone.
  ///
  /// - Parameters:
  ///   - rank: The rank.
  ///   - merge: Merges the second leaf into the first; the leaves under each are as many as the two
  ///     are apart, as far as they exist.
  @inlinable
  package func mergeWithin(_ rank: Int, _ merge: (_ into: Int, _ from: Int) -> Void) {
    let block = leaves(of: rank)
    var stride = 1
    while stride < block.count {
      var into = (block.lowerBound + 2 * stride - 1) / (2 * stride) * (2 * stride)
      while into + stride < block.upperBound {
        if isInner(into, into + stride) { merge(into, into + stride) }
        into += 2 * stride
      }
      stride *= 2
    }
  }

  /// Merges all ranks' partial results in place: leaf 0 ends up with the whole.
  ///
  /// - Parameter merge: As in ``mergeWithin(_:_:)``.
  @inlinable
  package func mergeAcross(_ merge: (_ into: Int, _ from: Int) -> Void) {
    PairwiseTree.merge(leafCount: leafCount) { into, from in
      if !isInner(into, from) { merge(into, from) }
    }
  }

  /// Visits the maximal subtrees of a rank's block.
  ///
  /// - Parameters:
  ///   - rank: The rank.
  ///   - visit: Takes a subtree's leaves; its partial result is in the place of the first.
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

  /// How many partial results a rank has.
  ///
  /// - Parameter rank: The rank.
  /// - Returns: The maximal subtrees of its block; 0 where that is empty.
  @inlinable
  package func subtreeCount(of rank: Int) -> Int {
    var count = 0
    forEachSubtree(of: rank) { _ in count += 1 }
    return count
  }
}
