import CKernels

/// How the shards' partial results become the batch's.
package enum MergeRule: Sendable, Equatable {
  /// Vectors of `count` floats are added.
  case sum(count: Int)
  /// Means and sums of squared deviations of `features` columns, as two vectors one after the other,
  /// are merged by Chan, Golub and LeVeque 1979.
  case moments(features: Int)

  /// Floats of one shard's partial result.
  package var partialCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features): 2 * features
    }
  }

  /// How many independent columns the merge has; workers take slices of them.
  package var columnCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features): features
    }
  }

  /// The columns that a worker merges: whole cache lines.
  ///
  /// - Parameters:
  ///   - worker: An index in `0..<workers`.
  ///   - workers: How many divide the columns.
  /// - Returns: A run of columns, perhaps empty.
  package func columns(of worker: Int, workers: Int) -> Range<Int> {
    slice(worker, of: workers, count: columnCount, alignment: 16)
  }
}

/// The shards' partial results of one merge, a slot each, merged in place into slot 0.
package struct PartialResults: @unchecked Sendable {
  /// How slots are merged.
  package let rule: MergeRule
  private let memory: AlignedBuffer<Float>
  /// Floats from one shard's slot to the next.
  package let stride: Int

  /// Allocates the slots.
  ///
  /// - Parameters:
  ///   - rule: How slots are merged.
  ///   - shardCapacity: The most shards of a batch.
  package init(rule: MergeRule, shardCapacity: Int) {
    self.rule = rule
    stride = paddedCount(rule.partialCount)
    memory = AlignedBuffer(count: stride * shardCapacity)
  }

  /// Where a shard's partial result goes; slot 0 holds the batch's after the merge.
  ///
  /// - Parameter shard: The shard's index.
  /// - Returns: `rule.partialCount` floats.
  @inline(__always)
  package func slot(_ shard: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer + shard * stride
  }

  /// Takes the slots of some shards into memory near the calling thread; before they are written.
  ///
  /// - Parameter shards: The shards.
  package func touch(_ shards: Range<Int>) {
    memory.touch(shards.lowerBound * stride..<shards.upperBound * stride)
  }

  /// Merges a slice of the columns over all shards, in the order of ``PairwiseTree``.
  ///
  /// - Parameters:
  ///   - columns: Which columns.
  ///   - plan: The batch's shards; every slot of it is filled.
  package func merge(columns: Range<Int>, plan: ShardPlan) {
    if columns.isEmpty { return }
    PairwiseTree.merge(leafCount: plan.shardCount) { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges a slice of the columns over a rank's shards, as far as it can alone.
  ///
  /// - Parameters:
  ///   - rank: The rank, whose shards' slots are filled; its subtrees' first slots hold the result.
  ///   - shares: Which shards each rank has.
  ///   - columns: Which columns.
  ///   - plan: The batch's shards.
  package func mergeWithin(
    _ rank: Int, of shares: TreeShares, columns: Range<Int>, plan: ShardPlan
  ) {
    if columns.isEmpty { return }
    shares.mergeWithin(rank) { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges a slice of the columns over all ranks' partial results.
  ///
  /// - Parameters:
  ///   - shares: Which shards each rank has; the first slot of each of their subtrees is filled.
  ///   - columns: Which columns.
  ///   - plan: The batch's shards.
  package func mergeAcross(_ shares: TreeShares, columns: Range<Int>, plan: ShardPlan) {
    if columns.isEmpty { return }
    shares.mergeAcross { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges one slot's columns into another's; as many shards are under each as the two are apart.
  @inline(__always)
  private func combine(_ into: Int, _ from: Int, columns: Range<Int>, plan: ShardPlan) {
    let count = Int64(columns.count)
    switch rule {
    case .sum:
      kernel_add(slot(into) + columns.lowerBound, slot(from) + columns.lowerBound, count)
    case .moments(let features):
      let mean = slot(into) + columns.lowerBound
      let other = slot(from) + columns.lowerBound
      kernel_merge_moments(
        mean, mean + features, Float(rows(subtree: into, of: from - into, in: plan)),
        other, other + features, Float(rows(subtree: from, of: from - into, in: plan)), count)
    }
  }

  /// The rows of the `size` shards that start at `first`, as far as they exist.
  private func rows(subtree first: Int, of size: Int, in plan: ShardPlan) -> Int {
    min((first + size) * plan.shardSize, plan.rowCount) - first * plan.shardSize
  }
}
