import Model

/// Which matrices of a ``BufferPlan`` lie in the same memory, since none of them is needed while
/// another one is.
///
/// A block has a run of memory for each row of the batch, as long as the longest row of its
/// matrices. The rows of a shard are dense in the memory that the block has for the shard. So
/// shards never share memory, and one may be ahead of another in the step; but only operations on
/// whole shards can use such a matrix.
package struct BufferBlocks: Sendable, Equatable {
  /// For each matrix its block.
  package let blocks: [Int]
  /// The floats of each block, per sample of the batch.
  package private(set) var strides: [Int] = []

  /// The floats of all blocks, per sample of the batch.
  package var floatsPerRow: Int { strides.reduce(0, +) }

  /// The operations during which a matrix is needed, numbered in the order of the step.
  struct Lifetime: Equatable {
    var first = Int.max
    var last = Int.min
    /// Whether it is used in other ways than by shards, or outside the network's layers.
    var isExclusive = false

    mutating func include(_ time: Int) {
      first = min(first, time)
      last = max(last, time)
    }
  }

  /// Distributes the matrices of a plan among blocks.
  ///
  /// - Parameters:
  ///   - plan: The plan.
  ///   - network: The network that it is for.
  package init(_ plan: BufferPlan, _ network: Network) {
    let lifetimes = Self.lifetimes(plan, network)
    var blocks = [Int](repeating: 0, count: plan.columns.count)
    var strides: [Int] = []
    // For each block, when its last matrix is needed last; nil if it is not shared.
    var ends: [Int?] = []
    for index in lifetimes.indices.sorted(by: { lifetimes[$0].first < lifetimes[$1].first }) {
      let (lifetime, columns) = (lifetimes[index], plan.columns[index])
      // The free block that grows or wastes least.
      let free =
        lifetime.isExclusive
        ? nil
        : ends.indices
          .filter { block in ends[block].map { $0 < lifetime.first } ?? false }
          .min { abs(strides[$0] - columns) < abs(strides[$1] - columns) }
      let block = free ?? strides.count
      if block == strides.count {
        strides.append(0)
        ends.append(nil)
      }
      blocks[index] = block
      strides[block] = max(strides[block], columns)
      ends[block] = lifetime.isExclusive ? nil : lifetime.last
    }
    self.blocks = blocks
    self.strides = strides
  }

  /// When each matrix is needed.
  static func lifetimes(_ plan: BufferPlan, _ network: Network) -> [Lifetime] {
    var lifetimes = [Lifetime](repeating: Lifetime(), count: plan.columns.count)
    let count = network.nodes.count
    for (index, (node, matrices)) in zip(network.nodes, plan.nodes).enumerated() {
      let layer = node.layer
      let forward = index
      let backward = 2 * count - index
      let inputs = [matrices.input, matrices.secondInput].compactMap(\.self)
      for matrix in inputs + [matrices.output] { lifetimes[matrix].include(forward) }
      if layer.backwardReads.contains(.input) {
        for matrix in inputs { lifetimes[matrix].include(backward) }
      }
      if layer.backwardReads.contains(.output) { lifetimes[matrices.output].include(backward) }
      let gradients =
        [matrices.outputGradient, matrices.inputGradient, matrices.secondInputGradient]
        .compactMap(\.self) + matrices.additions.flatMap { [$0.from, $0.to] }
      for matrix in gradients { lifetimes[matrix].include(backward) }
      if layer is any TiledGradients {
        // Read over all rows at once, at the end of the step.
        lifetimes[matrices.input].isExclusive = true
        lifetimes[matrices.outputGradient].isExclusive = true
      }
    }
    // The gather and the loss use these.
    lifetimes[0].isExclusive = true
    if let last = plan.nodes.last {
      lifetimes[last.output].isExclusive = true
      lifetimes[last.outputGradient].isExclusive = true
    }
    return lifetimes
  }
}
