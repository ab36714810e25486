import Testing

@testable import Model

@Suite("The shapes of a description")
struct ModelShapeTests {
  @Test(
    "are those of each layer's formula",
    arguments: [
      ("pool 2", [14, 14, 3]), ("pool 3", [9, 9, 3]), ("pool 3 stride 2", [13, 13, 3]),
      ("avgpool 28", [1, 1, 3]), ("avgpool 1 stride 5", [6, 6, 3]),
      ("pool 2, pool 2, pool 2, pool 2", [1, 1, 3]), ("globalpool", [1, 1, 3]),
      ("flatten", [28 * 28 * 3]),
      ("pool 2 leaky gelu silu dropout 0.1 dropout2d 0.1", [14, 14, 3]),
      ("conv 8x3 valid stride 2, pool 2, flatten, dense 7", [7]),
    ])
  func shapes(text: String, extents: [Int]) throws {
    let model = try ModelDescription(text)
    #expect(try model.outputShape(for: Shape(28, 28, 3)) == Shape(extents))
    let network = Network(
      try Architecture(input: Shape(28, 28, 3), model: model, classCount: 4), seed: 0)
    #expect(network.layers.last?.inputShape.count == extents.reduce(1, *))
  }

  @Test(
    "that do not fit are refused with the layer, what it takes, and what gives it what",
    arguments: [
      ("pool 7", "`pool 7` takes images of at least 7x7, found 6x6x1 from the network's input"),
      (
        "pool 3 relu, avgpool 3",
        "`avgpool 3` takes images of at least 3x3, found 2x2x1 from `relu`"
      ),
      (
        "dense 5, pool 2",
        "`pool 2` takes an image of rows x columns x channels, found 5 from `dense 5`"
      ),
      ("dense 9, residual(globalpool)", "`globalpool` takes an image"),
      ("dense 9, residual(globalpool)", "found 9 from `dense 9`"),
      ("flatten, conv 3x3", "`conv 3x3` takes an image"),
      ("flatten, conv 3x3", "36 from `flatten`"),
      ("conv 3x7 valid", "`conv 3x7 valid` takes images of at least 7x7"),
      ("conv 65536x1024, conv 65536x1024", "the network: found more than 1099511627776 parameters"),
      (
        Array(repeating: "conv 65536x1024", count: 2100).joined(separator: ", "),
        "the network: found more than 1099511627776 parameters, expected at most as many"
      ),
      (
        "dense 5 dropout2d 0.25",
        "`dropout2d 0.25` takes an image of rows x columns x channels, or use `dropout 0.25`, "
          + "found 5 from `dense 5`"
      ),
    ])
  func refusals(text: String, message: String) throws {
    let error = #expect(throws: ModelShapeError.self) {
      try Architecture(input: Shape(6, 6, 1), model: ModelDescription(text), classCount: 3)
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("flatten adds no layer, and what follows it sees one row")
  func flatten() throws {
    let network = try NetworkBuilderTests.network("pool 2, flatten bn, dense 5 relu, flatten")
    #expect(network.layers.map(\.name) == ["pool1", "batchnorm1", "dense1", "relu1", "dense2"])
    #expect(network.layers[1].outputShape == Shape(9))
    let twice = try NetworkBuilderTests.network("dense 8, residual(flatten)")
    #expect(twice.nodes[1].input == .node(0) && twice.nodes[1].secondInput == .node(0))
  }

  @Test("dropouts of units and channels have numbers of their own")
  func dropoutNumbers() throws {
    let network = try NetworkBuilderTests.network(
      "pool 2 dropout 0.1 dropout2d 0.2, pool 2 dropout2d 0.3, flatten dropout 0.4")
    #expect(
      network.layers.map(\.name) == [
        "pool1", "dropout1", "dropout2d2", "pool2", "dropout2d3", "dropout4", "dense1",
      ])
    let numbers = network.layers.compactMap { layer in
      (layer as? Dropout)?.number ?? (layer as? ChannelDropout)?.channels.number
    }
    #expect(numbers == [1, 2, 3, 4])
    #expect(try ModelDescription("pool 2 dropout2d 0.5").hasDropout)
  }

  @Test(
    "weights start as He has it before any activation",
    arguments: ["relu", "leaky", "gelu", "silu"])
  func initialization(activation: String) throws {
    let network = try NetworkBuilderTests.network("dense 8 dropout 0.1 \(activation), dense 4")
    let layers = network.layers.compactMap { $0 as? Linear }
    #expect(layers[0].initializer == .he(fanIn: 36))
    #expect(layers[1].initializer == .xavier(fanIn: 8, fanOut: 4))
  }
}
