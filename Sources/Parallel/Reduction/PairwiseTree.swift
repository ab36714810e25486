/// The fixed tree in which partial results are merged: neighbors first, then neighboring pairs,
/// and so on.
///
/// The index space is padded to a power of two, and absent leaves are skipped. So the order depends
/// only on the number of leaves, and each of a power-of-two number of processes with equal shares
/// owns whole subtrees.
package enum PairwiseTree {
  /// Merges in place; leaf 0 receives the total.
  ///
  /// - Parameters:
  ///   - leafCount: The number of leaves that have a partial result.
  ///   - merge: Merges the second leaf into the first.
  @inlinable
  package static func merge(leafCount: Int, _ merge: (_ into: Int, _ from: Int) -> Void) {
    var stride = 1
    while stride < leafCount {
      var into = 0
      while into + stride < leafCount {
        merge(into, into + stride)
        into += 2 * stride
      }
      stride *= 2
    }
  }

  /// Merges in place along the edges of the tree whose leaves all lie in a run, but not all in one
  /// part of it.
  ///
  /// So the parts of a run are merged first, each by itself, then the runs of a larger one, with
  /// the parentheses of ``merge(leafCount:_:)``.
  ///
  /// - Parameters:
  ///   - leafCount: The number of leaves of the whole tree.
  ///   - run: The run; each maximal subtree in it is merged into its first leaf.
  ///   - parts: The parts of the run that are merged already; nil if none is.
  ///   - merge: Merges the second leaf into the first. The number of leaves below each is the
  ///     distance between the two, as far as the leaves exist.
  @inlinable
  package static func merge(
    leafCount: Int, in run: Range<Int>, between parts: LeafDivision?,
    _ merge: (_ into: Int, _ from: Int) -> Void
  ) {
    var stride = 1
    while stride < run.count {
      var into = (run.lowerBound + 2 * stride - 1) / (2 * stride) * (2 * stride)
      while into + stride < run.upperBound {
        let end = min(into + 2 * stride, leafCount)
        if end <= run.upperBound,
          parts.map({ $0.part(of: into) != $0.part(of: end - 1) }) ?? true
        {
          merge(into, into + stride)
        }
        into += 2 * stride
      }
      stride *= 2
    }
  }

  /// Merges leaves that are made one after another, with few of them in memory at a time.
  ///
  /// The parentheses are those of ``merge(leafCount:_:)``. Slots form a stack: each new leaf is
  /// pushed, and finished pairs are folded, so `slotCount(leafCount:)` slots suffice.
  ///
  /// - Parameters:
  ///   - leafCount: The number of leaves, at least 1.
  ///   - make: Makes a leaf's partial result in a slot.
  ///   - fold: Merges the second slot into the first. Its last argument says whether both are
  ///     leaves. Slot 0 receives the total.
  @inlinable
  package static func stream(
    leafCount: Int, make: (_ leaf: Int, _ slot: Int) -> Void,
    fold: (_ into: Int, _ from: Int, _ joinsLeaves: Bool) -> Void
  ) {
    var depth = 0
    for leaf in 0..<leafCount {
      make(leaf, depth)
      depth += 1
      for level in 0..<(leaf + 1).trailingZeroBitCount {
        fold(depth - 2, depth - 1, level == 0)
        depth -= 1
      }
    }
    while depth > 1 {
      fold(depth - 2, depth - 1, false)
      depth -= 1
    }
  }

  /// Merges a leaf that has just been computed into the sums of the leaves before it, in one place.
  ///
  /// Call it for each leaf in order. The parentheses are those of ``merge(leafCount:_:)``. Sums
  /// that wait for their right-hand part are kept in at most `waitingCount(leafCount:)` slots.
  /// After the last leaf, the place has the total.
  ///
  /// - Parameters:
  ///   - leaf: The leaf's index.
  ///   - leafCount: The number of leaves.
  ///   - fold: Merges a slot into the place; the slot is the left-hand part.
  ///   - keep: Copies the place into a slot.
  @inlinable
  package static func arrive(
    leaf: Int, of leafCount: Int, fold: (_ slot: Int) -> Void, keep: (_ slot: Int) -> Void
  ) {
    let isLast = leaf == leafCount - 1
    var depth = leaf.nonzeroBitCount
    for _ in 0..<(isLast ? depth : (leaf + 1).trailingZeroBitCount) {
      depth -= 1
      fold(depth)
    }
    if !isLast { keep(depth) }
  }

  /// The largest number of slots that ``arrive(leaf:of:fold:keep:)`` uses.
  ///
  /// - Parameter leafCount: The number of leaves, at least 1.
  /// - Returns: The integer part of log2(leafCount).
  @inlinable
  package static func waitingCount(leafCount: Int) -> Int {
    Int.bitWidth - 1 - leafCount.leadingZeroBitCount
  }

  /// The sum of leaves that are values, with the parentheses of ``merge(leafCount:_:)``.
  ///
  /// - Parameters:
  ///   - leafCount: The number of leaves, at least 1.
  ///   - leaf: The value of a leaf.
  ///   - combine: Adds the second value to the first.
  /// - Returns: The total.
  @inlinable
  package static func sum<Value>(
    leafCount: Int, leaf: (Int) -> Value, combine: (inout Value, Value) -> Void
  ) -> Value {
    func subtree(_ first: Int, _ size: Int) -> Value {
      if size == 1 { return leaf(first) }
      var left = subtree(first, size / 2)
      if first + size / 2 < leafCount { combine(&left, subtree(first + size / 2, size / 2)) }
      return left
    }
    var size = 1
    while size < leafCount { size *= 2 }
    return subtree(0, size)
  }

  /// The largest number of slots that ``stream(leafCount:make:fold:)`` uses.
  ///
  /// - Parameter leafCount: The number of leaves.
  /// - Returns: The greatest depth of its stack.
  @inlinable
  package static func slotCount(leafCount: Int) -> Int {
    leafCount < 1 ? 0 : Int.bitWidth - leafCount.leadingZeroBitCount
  }
}
