/// Joins layers that are cheaper in one pass over memory, with equal bits.
enum Fusion {
  /// A rule for layers that directly follow each other.
  struct Rule: Sendable {
    /// Joins the first layers of a run.
    ///
    /// The argument's layers follow each other, and nothing else reads what the inner ones give.
    /// The result is the joined layer and how many layers it replaces; nil if the rule does not
    /// apply.
    let join: @Sendable (_ run: ArraySlice<any Layer>) -> (layer: any Layer, count: Int)?
  }

  /// The rules; the first that applies is taken.
  static let rules = [
    Rule { run in
      guard let batchNorm = run.first as? BatchNorm, run.dropFirst().first is ReLU else {
        return nil
      }
      // The units of an image are counted over all positions, its features are not.
      let dropout = batchNorm.positions == 1 ? run.dropFirst(2).first as? Dropout : nil
      return (BatchNormReLUDropout(batchNorm, dropout), dropout == nil ? 2 : 3)
    }
  ]

  /// Applies the rules.
  ///
  /// - Parameter nodes: A network's nodes.
  /// - Returns: The nodes with joined layers.
  static func fuse(_ nodes: [Node]) -> [Node] {
    var readers = [Int](repeating: 0, count: nodes.count + 1)
    for node in nodes {
      readers[node.input.valueIndex] += 1
      if let second = node.secondInput { readers[second.valueIndex] += 1 }
    }
    let layers = nodes.map(\.layer)
    /// Whether a node takes the output of the one before it, which nothing else reads.
    func continuesRun(_ index: Int) -> Bool {
      nodes[index].input == .node(index - 1) && nodes[index].secondInput == nil
        && readers[index] == 1
    }
    var fused: [Node] = []
    // For each value the index of the fused node that gives it.
    var sources = [Node.Source.network]
    var first = 0
    while first < nodes.count {
      var end = first + 1
      while end < nodes.count, continuesRun(end) { end += 1 }
      let run = layers[first..<end]
      let (layer, count) = rules.lazy.compactMap { $0.join(run) }.first ?? (layers[first], 1)
      fused.append(
        Node(
          layer, input: sources[nodes[first].input.valueIndex],
          secondInput: nodes[first].secondInput.map { sources[$0.valueIndex] }))
      sources += Array(repeating: .node(fused.count - 1), count: count)
      first += count
    }
    return fused
  }
}
