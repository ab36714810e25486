import CKernels

/// The partial results of leaves for one merge: one slot per leaf, merged in place into slot 0.
package struct PartialResults: @unchecked Sendable {
  /// The rule that merges slots.
  package let rule: MergeRule
  private let memory: AlignedBuffer<Float>
  /// The number of floats from one leaf's slot to the next.
  package let stride: Int

  /// Allocates the slots.
  ///
  /// - Parameters:
  ///   - rule: How slots are merged.
  ///   - leafCapacity: The largest number of leaves of a batch.
  package init(rule: MergeRule, leafCapacity: Int) {
    self.rule = rule
    stride = paddedCount(rule.partialCount)
    memory = AlignedBuffer(count: stride * leafCapacity)
  }

  /// The slot of a leaf; after all merges slot 0 holds the result of the batch.
  ///
  /// - Parameter leaf: The leaf's index.
  /// - Returns: A pointer to `rule.partialCount` floats.
  @inline(__always)
  package func slot(_ leaf: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer + leaf * stride
  }

  /// Touches the slots of some leaves, so that their pages are allocated on the calling thread's
  /// NUMA node.
  ///
  /// Call it before the slots are written.
  ///
  /// - Parameter leaves: The leaves.
  package func touch(_ leaves: Range<Int>) {
    memory.touch(leaves.lowerBound * stride..<leaves.upperBound * stride)
  }

  /// Merges all columns over the leaves of a run, as far as they make whole subtrees.
  ///
  /// - Parameters:
  ///   - run: The leaves, whose slots are filled.
  ///   - plan: The leaves of the batch.
  package func merge(_ run: Range<Int>, of plan: LeafPlan) {
    merge(run, between: nil, columns: 0..<rule.columnCount, of: plan)
  }

  /// Merges some columns over the leaves of a run, whose parts are merged.
  ///
  /// - Parameters:
  ///   - run: The leaves.
  ///   - parts: The parts of the run.
  ///   - columns: The columns.
  ///   - plan: The leaves of the batch.
  package func merge(
    _ run: Range<Int>, between parts: LeafDivision?, columns: Range<Int>, of plan: LeafPlan
  ) {
    if columns.isEmpty { return }
    PairwiseTree.merge(leafCount: plan.leafCount, in: run, between: parts) { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges columns of one slot into another.
  ///
  /// The number of leaves below each is the distance between the two.
  @inline(__always)
  private func combine(_ into: Int, _ from: Int, columns: Range<Int>, plan: LeafPlan) {
    let count = Int64(columns.count)
    switch rule {
    case .sum:
      kernel_add(slot(into) + columns.lowerBound, slot(from) + columns.lowerBound, count)
    case .moments(let features, let positions):
      let mean = slot(into) + columns.lowerBound
      let other = slot(from) + columns.lowerBound
      let end = from + (from - into)
      kernel_merge_moments(
        mean, mean + features, Float(positions * plan.rows(of: into..<from).count),
        other, other + features, Float(positions * plan.rows(of: from..<end).count), count)
    }
  }
}
