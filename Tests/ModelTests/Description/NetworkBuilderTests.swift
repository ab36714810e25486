import Testing

@testable import Model

@Suite("The network of a description")
struct NetworkBuilderTests {
  static func network(_ text: String, fuses: Bool = false) throws -> Network {
    Network(
      try Architecture(input: Shape(6, 6, 1), model: ModelDescription(text), classCount: 3),
      seed: 0, fuses: fuses)
  }

  @Test("numbers layers from the input, those of blocks in reading order")
  func names() throws {
    let network = try Self.network(
      "dense 8 bn relu, residual(dense 4 relu dropout 0.1, residual(dense 4 bn), dense 8) relu "
        + "dropout 0.2, dense 5")
    #expect(
      network.layers.map(\.name) == [
        "dense1", "batchnorm1", "relu1", "dense2", "relu2", "dropout1", "dense3", "batchnorm2",
        "sum1", "dense4", "sum2", "relu3", "dropout2", "dense5", "dense6",
      ])
    #expect(network.layers.compactMap { ($0 as? Dropout)?.number } == [1, 2])
  }

  @Test("adds a block's input to its output")
  func shortcuts() throws {
    let network = try Self.network("dense 8 relu, residual(dense 8, residual(dense 8)), dense 5")
    // dense1 relu1 dense2 dense3 sum1 sum2 dense4 dense5
    #expect(network.nodes.map(\.input.valueIndex) == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(
      network.nodes.map { $0.secondInput?.valueIndex } == [nil, nil, nil, nil, 3, 2, nil, nil])
    let first = try Self.network("residual(dense 36)")
    #expect(first.nodes.map { $0.secondInput } == [nil, .network, nil])
  }

  @Test(
    "has no bias where a normalization directly follows, and starts weights by what follows",
    arguments: [
      ("dense 8 bn relu", [true, true], [false, true]),
      ("dense 8 relu bn", [true, true], [true, true]),
      ("dense 8 bn, dense 7 relu", [false, true], [false, true]),
      ("dense 8, residual(dense 8 bn) relu", [false, true], [true, false]),
      ("dense 8, residual(dense 8) bn relu", [false, true], [true, true]),
      ("dense 8, residual(dense 4 relu, dense 8), dense 5", [false, true], [true, true]),
    ])
  func weights(text: String, heOfFirst: [Bool], biases: [Bool]) throws {
    let layers = try Self.network(text).layers.compactMap { $0 as? Linear }
    for (layer, isHe) in zip(layers.prefix(2), heOfFirst + [false]) {
      let isLast = layer.name == layers[layers.count - 1].name
      let expected: Initializer =
        isHe && !isLast
        ? .he(fanIn: layer.inputCount)
        : .xavier(fanIn: layer.inputCount, fanOut: layer.outputCount)
      #expect(layer.initializer == expected, "\(layer.name)")
    }
    #expect(layers.prefix(2).map(\.hasBias) == biases)
  }

  @Test("computes no gradient of its input")
  func firstLayers() throws {
    func givesInputGradient(_ text: String) throws -> [Bool] {
      try Self.network(text).layers.compactMap { ($0 as? Linear)?.givesInputGradient }
    }
    #expect(try givesInputGradient("dense 8, dense 8") == [false, true, true])
    #expect(
      try givesInputGradient("residual(residual(dense 36), dense 36)") == [false, true, true])
  }

  @Test(
    "counts the operations of products",
    arguments: [
      ("none", 2 * 36 * 3, 2 * 36 * 3),
      ("dense 8 bn relu", 2 * (36 * 8 + 8 * 3), 2 * (36 * 8 + 2 * 8 * 3)),
      ("dense 8, residual(dense 8)", 2 * (36 * 8 + 64 + 24), 2 * (36 * 8 + 2 * 64 + 2 * 24)),
    ])
  func operations(text: String, forward: Int, backward: Int) throws {
    let summary = NetworkSummary(
      try Architecture(input: Shape(6, 6, 1), model: ModelDescription(text), classCount: 3))
    #expect(summary.forwardOperations == forward)
    #expect(summary.backwardOperations == backward)
    let network = try Self.network(text, fuses: true)
    #expect(network.trainingFlopsPerSample == forward + backward)
    #expect(summary.parameters == network.parameters.valueCount)
  }
}

@Suite("Joining layers")
struct FusionTests {
  private static func names(_ layers: [any Layer]) -> [String] {
    layers.map { "\(type(of: $0))" }
  }

  @Test(
    "takes a normalization, a rectifier and a dropout that follow each other",
    arguments: [
      ("dense 8 bn relu dropout 0.1", ["Linear", "BatchNormReLUDropout", "Linear"]),
      ("dense 8 bn relu", ["Linear", "BatchNormReLUDropout", "Linear"]),
      ("dense 8 bn dropout 0.1", ["Linear", "BatchNorm", "Dropout", "Linear"]),
      ("dense 8 relu bn", ["Linear", "\(ReLU.self)", "BatchNorm", "Linear"]),
      (
        "dense 8 bn, residual(dense 8 bn) relu",
        [
          "Linear", "BatchNorm", "Linear", "BatchNorm", "ElementwiseSum", "\(ReLU.self)", "Linear",
        ]
      ),
      (
        "dense 8 bn relu, residual(dense 8 bn relu)",
        [
          "Linear", "BatchNormReLUDropout", "Linear", "BatchNormReLUDropout", "ElementwiseSum",
          "Linear",
        ]
      ),
    ])
  func runs(text: String, layers: [String]) throws {
    #expect(Self.names(try NetworkBuilderTests.network(text, fuses: true).layers) == layers)
  }

  @Test("leaves layers whose values something else reads, and keeps every input")
  func readers() {
    let shape = Shape(4)
    let nodes = [
      Node(
        Linear(
          name: "a", inputCount: 4, outputCount: 4, hasBias: false, initializer: .zeros,
          engine: .openblas),
        input: .network),
      Node(BatchNorm(name: "b", shape: Shape(4)), input: .node(0)),
      Node(ReLU(name: "c", shape: shape), input: .node(1)),
      Node(ElementwiseSum(name: "d", shape: shape), input: .node(2), secondInput: .node(1)),
    ]
    // The rectifier's input is read by the sum too.
    #expect(
      Self.names(Network(nodes, inputShape: shape).layers) == nodes.map { "\(type(of: $0.layer))" })
    let joined = Network(
      nodes.dropLast() + [
        Node(ElementwiseSum(name: "d", shape: shape), input: .node(2), secondInput: .node(0))
      ], inputShape: shape)
    #expect(Self.names(joined.layers) == ["Linear", "BatchNormReLUDropout", "ElementwiseSum"])
    #expect(joined.nodes[2].input == .node(1))
    #expect(joined.nodes[2].secondInput == .node(0))
  }
}
