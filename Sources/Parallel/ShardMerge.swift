import CKernels

/// How the partial results of shards are combined into that of the batch.
package enum MergeRule: Sendable, Equatable {
  /// Vectors of `count` floats, which are added.
  case sum(count: Int)
  /// Means and sums of squared deviations (M2) of `features` columns, as two vectors of `features`
  /// floats.
  ///
  /// They are merged by the formula of Chan, Golub and LeVeque 1979.
  case moments(features: Int)

  /// The number of floats in the partial result of one shard.
  package var partialCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features): 2 * features
    }
  }

  /// The number of independent columns; workers merge slices of them.
  package var columnCount: Int {
    switch self {
    case .sum(let count): count
    case .moments(let features): features
    }
  }

  /// The columns that a worker merges, in whole cache lines.
  ///
  /// - Parameters:
  ///   - worker: The worker, in `0..<workers`.
  ///   - workers: The number of workers that divide the columns.
  /// - Returns: The columns, possibly none.
  package func columns(of worker: Int, workers: Int) -> Range<Int> {
    slice(worker, of: workers, count: columnCount, alignment: 16)
  }
}

/// The partial results of shards for one merge: one slot per shard, merged in place into slot 0.
package struct PartialResults: @unchecked Sendable {
  /// How slots are merged.
  package let rule: MergeRule
  private let memory: AlignedBuffer<Float>
  /// The number of floats from one shard's slot to the next.
  package let stride: Int

  /// Allocates the slots.
  ///
  /// - Parameters:
  ///   - rule: How slots are merged.
  ///   - shardCapacity: The largest number of shards of a batch.
  package init(rule: MergeRule, shardCapacity: Int) {
    self.rule = rule
    stride = paddedCount(rule.partialCount)
    memory = AlignedBuffer(count: stride * shardCapacity)
  }

  /// The slot of a shard; after the merge slot 0 holds the result of the batch.
  ///
  /// - Parameter shard: The shard's index.
  /// - Returns: A pointer to `rule.partialCount` floats.
  @inline(__always)
  package func slot(_ shard: Int) -> UnsafeMutablePointer<Float> {
    memory.pointer + shard * stride
  }

  /// Touches the slots of some shards, so that their pages are allocated on the calling thread's
  /// NUMA node.
  ///
  /// Call it before the slots are written.
  ///
  /// - Parameter shards: The shards.
  package func touch(_ shards: Range<Int>) {
    memory.touch(shards.lowerBound * stride..<shards.upperBound * stride)
  }

  /// Merges some columns over all shards, in the order of ``PairwiseTree``.
  ///
  /// - Parameters:
  ///   - columns: The columns.
  ///   - plan: The shards of the batch, whose slots are all filled.
  package func merge(columns: Range<Int>, plan: ShardPlan) {
    if columns.isEmpty { return }
    PairwiseTree.merge(leafCount: plan.shardCount) { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges some columns over the shards of a rank, along the edges within its block.
  ///
  /// - Parameters:
  ///   - rank: The rank. The slots of its shards are filled. The first slot of each of its subtrees
  ///     receives the result.
  ///   - shares: The shards of each rank.
  ///   - columns: The columns.
  ///   - plan: The shards of the batch.
  package func mergeWithin(
    _ rank: Int, of shares: TreeShares, columns: Range<Int>, plan: ShardPlan
  ) {
    if columns.isEmpty { return }
    shares.mergeWithin(rank) { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges some columns over the partial results of all ranks.
  ///
  /// - Parameters:
  ///   - shares: The shards of each rank; the first slot of each of their subtrees is filled.
  ///   - columns: The columns.
  ///   - plan: The shards of the batch.
  package func mergeAcross(_ shares: TreeShares, columns: Range<Int>, plan: ShardPlan) {
    if columns.isEmpty { return }
    shares.mergeAcross { into, from in
      combine(into, from, columns: columns, plan: plan)
    }
  }

  /// Merges columns of one slot into another.
  ///
  /// The number of shards below each is the distance between the two.
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

  /// The number of rows in the `size` shards that start at `first`, as far as they exist.
  private func rows(subtree first: Int, of size: Int, in plan: ShardPlan) -> Int {
    min((first + size) * plan.shardSize, plan.rowCount) - first * plan.shardSize
  }
}
