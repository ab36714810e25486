/// Turns a description into nodes: names and numbers the layers, and looks ahead at what follows.
package struct NetworkBuilder {
  /// The nodes so far.
  package private(set) var nodes: [Node] = []
  /// The input of the next layer.
  package private(set) var output = Node.Source.network
  /// The shape of ``output``.
  package private(set) var shape: Shape
  /// The layers and modifiers after the one that is added now.
  package private(set) var following: ArraySlice<any LayerKind> = []
  /// The run's seed.
  package let seed: UInt64
  /// The engine that computes matrix products.
  package let engine: Engine
  /// When dropout rescales activations.
  package let dropoutMode: Dropout.Mode

  private var counts: [String: Int] = [:]

  /// Creates a builder of a network without layers.
  ///
  /// - Parameters:
  ///   - architecture: The input's shape and the dropout's mode.
  ///   - seed: The run's seed.
  ///   - engine: What computes matrix products.
  init(_ architecture: Architecture, seed: UInt64, engine: Engine) {
    shape = architecture.input
    dropoutMode = architecture.dropoutMode
    self.seed = seed
    self.engine = engine
  }

  /// The nodes of a described network: its layers, then the classifier.
  ///
  /// - Parameters:
  ///   - architecture: The description.
  ///   - seed: The run's seed.
  ///   - engine: What computes matrix products.
  /// - Returns: The nodes.
  static func nodes(of architecture: Architecture, seed: UInt64, engine: Engine) -> [Node] {
    var builder = NetworkBuilder(architecture, seed: seed, engine: engine)
    let classifier = DenseKind(units: architecture.classCount)
    builder.add(architecture.model.items + [ModelItem([classifier])])
    return builder.nodes
  }

  /// Adds the layers of items.
  ///
  /// - Parameters:
  ///   - items: The items.
  ///   - outer: What follows the last of them.
  package mutating func add(_ items: [ModelItem], then outer: [any LayerKind] = []) {
    let before = following
    let kinds = items.flatMap(\.kinds)
    let all = kinds + outer
    for (index, kind) in kinds.enumerated() {
      following = all[(index + 1)...]
      kind.add(to: &self)
    }
    following = before
  }

  /// Appends a layer that takes ``output``.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - secondInput: Its second input, if it has two.
  package mutating func append(_ layer: any Layer, secondInput: Node.Source? = nil) {
    nodes.append(Node(layer, input: output, secondInput: secondInput))
    output = .node(nodes.count - 1)
    shape = layer.outputShape
  }

  /// Lets the next layer take an output that is already there, to build a branch.
  ///
  /// - Parameters:
  ///   - source: The output.
  ///   - shape: Its shape.
  package mutating func resume(at source: Node.Source, shape: Shape) {
    output = source
    self.shape = shape
  }

  /// Takes ``output`` for another shape, without a layer.
  ///
  /// - Parameter shape: The shape, of as many values.
  package mutating func reshape(to shape: Shape) {
    precondition(shape.count == self.shape.count, "a reshape keeps all values")
    self.shape = shape
  }

  /// The next number of a kind of layers, over the whole network.
  ///
  /// - Parameter kind: The kind, as in the names of tensors.
  /// - Returns: The number, from 1.
  package mutating func number(_ kind: String) -> Int {
    counts[kind, default: 0] += 1
    return counts[kind, default: 0]
  }

  /// The next name of a kind of layers, such as `dense1`.
  ///
  /// - Parameter kind: The kind, as in the names of tensors.
  /// - Returns: The kind and its next number.
  package mutating func name(_ kind: String) -> String { "\(kind)\(number(kind))" }

  /// The initializer of weights: He-normal if an activation follows before other weights,
  /// Xavier-uniform otherwise.
  ///
  /// - Parameters:
  ///   - fanIn: The number of inputs that an output sums.
  ///   - fanOut: The number of outputs that an input enters.
  /// - Returns: The initializer.
  package func weightInitializer(fanIn: Int, fanOut: Int) -> Initializer {
    for kind in following {
      if kind.role == .activation { return .he(fanIn: fanIn) }
      if kind.role == .weights { break }
    }
    return .xavier(fanIn: fanIn, fanOut: fanOut)
  }
}
