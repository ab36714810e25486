/// The fixed tree in which partial results are merged: neighbours first, then neighbouring pairs.
///
/// The index space is padded to a power of two and absent leaves are skipped. So the order depends
/// on the number of leaves alone, and a power-of-two number of processes with equal shares owns
/// whole subtrees.
public enum PairwiseTree {
  /// Merges in place: leaf 0 ends up with the whole.
  ///
  /// - Parameters:
  ///   - leafCount: How many leaves hold a partial result.
  ///   - merge: Merges the second leaf into the first.
  @inlinable
  public static func merge(leafCount: Int, _ merge: (_ into: Int, _ from: Int) -> Void) {
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

  /// Merges leaves made one after another, with few of them alive at a time.
  ///
  /// The parentheses are those of ``merge(leafCount:_:)``. Slots form a stack: leaf results are
  /// pushed, and finished pairs folded, so that `slotCount(leafCount:)` slots suffice.
  ///
  /// - Parameters:
  ///   - leafCount: How many leaves there are, at least 1.
  ///   - make: Makes a leaf's partial result in a slot.
  ///   - fold: Merges the second slot into the first, and is told whether both are leaves; slot 0 ends
  ///     up with the whole.
  @inlinable
  public static func stream(
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

  /// The sum of small leaves, with the parentheses of ``merge(leafCount:_:)``.
  ///
  /// - Parameters:
  ///   - leafCount: How many leaves there are, at least 1.
  ///   - leaf: A leaf's value.
  ///   - combine: Adds the second value to the first.
  /// - Returns: The whole.
  @inlinable
  public static func sum<Value>(
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

  /// The slots that ``stream(leafCount:make:fold:)`` uses at the most.
  ///
  /// - Parameter leafCount: How many leaves there are.
  /// - Returns: The greatest depth of its stack.
  @inlinable
  public static func slotCount(leafCount: Int) -> Int {
    leafCount < 1 ? 0 : Int.bitWidth - leafCount.leadingZeroBitCount
  }
}
