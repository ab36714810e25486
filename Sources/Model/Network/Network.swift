/// The layers of a network in the order of computation, their loss, and where their tensors lie.
package struct Network: Sendable {
  /// The shape of one sample's input.
  package let inputShape: Shape
  /// The layers and their inputs; a node comes after those that it reads.
  package let nodes: [Node]
  /// The layers of the nodes.
  package let layers: [any Layer]
  /// The loss of the last layer's output.
  package let loss: SoftmaxCrossEntropy
  /// Where the parameters lie.
  package let parameters: ParameterLayout
  /// Where the running statistics lie.
  package let statistics: ParameterLayout
  /// The engine that computes matrix products.
  package let engine: Engine

  /// The leaves that are never divided among workers; if more than one, those of every shard.
  package var unitLeaves: Int { layers.map(\.unitLeaves).max() ?? 1 }

  /// Creates a network from nodes.
  ///
  /// - Parameters:
  ///   - nodes: At least one; a node comes after those that it reads, and all but the last are
  ///     read.
  ///   - inputShape: The shape of one sample's input.
  ///   - fuses: Whether ``Fusion`` joins layers, with equal bits.
  ///   - engine: What computes the layers' matrix products.
  package init(
    _ nodes: [Node], inputShape: Shape, fuses: Bool = true, engine: Engine = .native
  ) {
    self.engine = engine
    precondition(!nodes.isEmpty, "a network has at least one layer")
    let shapes = [inputShape] + nodes.map(\.layer.outputShape)
    for (index, node) in nodes.enumerated() {
      for source in [node.input, node.secondInput].compactMap({ $0 }) {
        precondition(
          source.valueIndex <= index, "\(node.layer.name) reads an output that comes later")
        let given = shapes[source.valueIndex]
        let taken = node.layer.inputShape
        precondition(
          given.count == taken.count, "\(node.layer.name) takes \(taken), found \(given)")
      }
    }
    let read = Set(nodes.flatMap { [$0.input, $0.secondInput].compactMap { $0?.valueIndex } })
    precondition(
      (1..<nodes.count).allSatisfy(read.contains), "all outputs but the last one's are read")
    self.inputShape = inputShape
    let fused = fuses ? Fusion.fuse(nodes) : nodes
    self.nodes = fused.map { node in
      // The gradient of the network's input is not needed.
      node.input == .network
        ? Node(node.layer.withoutInputGradient(), input: node.input, secondInput: node.secondInput)
        : node
    }
    layers = self.nodes.map(\.layer)
    loss = SoftmaxCrossEntropy(classCount: layers[layers.count - 1].outputShape.count)
    parameters = ParameterLayout(layers.map { ($0.name, $0.parameters) })
    statistics = ParameterLayout(layers.map { ($0.name, $0.statistics) })
  }

  /// Creates a network of layers in sequence.
  ///
  /// - Parameters:
  ///   - layers: At least one; each takes what the one before gives.
  ///   - fuses: Whether ``Fusion`` joins layers, with equal bits.
  package init(_ layers: [any Layer], fuses: Bool = true) {
    precondition(!layers.isEmpty, "a network has at least one layer")
    self.init(
      layers.enumerated().map { index, layer in
        Node(layer, input: index == 0 ? .network : .node(index - 1))
      }, inputShape: layers[0].inputShape, fuses: fuses)
  }

  /// Builds a described network: its layers, then the classifier.
  ///
  /// - Parameters:
  ///   - architecture: The description.
  ///   - seed: The run's seed, for dropout.
  ///   - fuses: Whether ``Fusion`` joins layers, with equal bits.
  ///   - engine: What computes matrix products.
  package init(
    _ architecture: Architecture, seed: UInt64, fuses: Bool = true,
    engine: Engine = .native
  ) {
    self.init(
      NetworkBuilder.nodes(of: architecture, seed: seed, engine: engine),
      inputShape: architecture.input, fuses: fuses, engine: engine)
  }
}
