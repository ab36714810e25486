import TestSupport
import Testing

@testable import Export
@testable import Model
@testable import Training

@Suite("A model in ONNX")
struct ONNXModelTests {
  static let networks = [
    "none", "dense 6 bn relu dropout 0.2, dense 4 leaky", "flatten bn silu, dense 3 gelu",
    "conv 4x3 noise 0.1 bn relu", "conv 4x3 stride 2 gelu", "conv 4x4 stride 3 silu", "conv 4x2",
    "conv 6x3 groups 3 leaky, conv 6x5 valid groups 6 bn", "conv 2x7 stride 4 valid bn",
    "conv 4x3, pool 2", "conv 4x3, pool 3 stride 2", "avgpool 3 stride 1, conv 2x1", "globalpool",
    "avgpool 2, globalpool, dense 4 relu", "pool 7 stride 3",
    "conv 4x3 bn relu dropout2d 0.4, flatten bn dropout 0.3",
    "conv 4x3 relu, residual(conv 4x3 bn relu, conv 4x3 bn) relu, residual(conv 6x3 stride 2 bn relu, conv 6x3 bn)",
    "residual(dense 189 relu), residual(residual(dense 189), dense 20 bn) gelu, dense 4",
    "residual(flatten), residual(residual(dense 3 relu), dense 4 bn), dense 8 bn bn relu bn",
    "residual(conv 3x3, flatten dropout 0.2)", "conv 4x3, flatten bn, dense 5",
  ]

  /// Expects a graph to give the product's probabilities.
  private func expectEqual(
    _ sample: ExportSample, _ options: ONNXOptions, _ comment: Comment
  ) throws {
    let model = try ONNXModel(
      encoding: ONNXMessage.encoding(try ONNXModel(sample.exported(), options)))
    let values = try ONNXInterpreter.run(model.graph, sample.input(options.input))
    let found = try #require(values["probabilities"])
    let expected = try sample.probabilities()
    #expect(found.shape == [sample.images.count, ExportSample.classCount])
    for (found, expected) in zip(found.values, expected) {
      #expect(abs(found - Double(expected)) < 3e-6, comment)
    }
    #expect(values["logits"]?.shape == found.shape)
  }

  @Test(
    "gives the product's probabilities for every kind of layer, input, and with folded batch norms",
    arguments: networks)
  func probabilities(_ text: String) throws {
    for mode in [Dropout.Mode.inverted, .vanilla] {
      let sample = try ExportSample(text, mode: mode)
      for input in ONNXOptions.Input.allCases {
        for folds in [false, true] {
          try expectEqual(
            sample, ONNXOptions(input: input, foldsBatchNorms: folds), "\(mode) \(input) \(folds)")
        }
      }
    }
  }

  @Test(
    "takes images of any size and number of channels, and rows of values if the model knows no more",
    arguments: [Shape(1, 1, 1), Shape(1, 5, 40), Shape(6, 4, 1), Shape(12), Shape(4, 3)])
  func inputs(_ input: Shape) throws {
    let text = input.image == nil ? "dense 4 bn relu" : "conv 3x3 bn relu, globalpool, dense 4"
    let sample = try ExportSample(text, input: input)
    for kind in ONNXOptions.Input.allCases {
      try expectEqual(sample, ONNXOptions(input: kind), "\(input) \(kind)")
    }
  }

  @Test("names its values, and has the batch's size open")
  func interface() throws {
    let model = try ONNXModel(ExportSample("conv 4x3").exported(), ONNXOptions())
    #expect(model.operatorVersion == 20)
    let floats = model.graph.inputs[0]
    #expect(floats.name == "images")
    #expect(floats.type == .float)
    #expect(floats.extents == [.named("N"), .count(3), .count(9), .count(7)])
    #expect(model.graph.outputs.map(\.name) == ["probabilities", "logits"])
    #expect(model.graph.outputs.allSatisfy { $0.extents == [.named("N"), .count(5)] })
    let bytes = try ONNXModel(
      ExportSample("conv 4x3").exported(), ONNXOptions(input: .bytes)
    ).graph.inputs[0]
    #expect(bytes.type == .byte)
    #expect(bytes.extents == [.named("N"), .count(9), .count(7), .count(3)])
  }

  @Test("has the model's text, its digest, the input's scale and the classes in its metadata")
  func metadata() throws {
    let sample = try ExportSample("dense 4 bn relu dropout 0.5", mode: .vanilla)
    let state = try sample.file.state(sample.architecture)
    let model = try ONNXModel(sample.exported(), ONNXOptions())
    #expect(model.producer == "trainer")
    #expect(model.producerVersion == TrainerVersion.current)
    #expect(
      Dictionary(uniqueKeysWithValues: model.metadata.map { ($0.key, $0.value) }) == [
        "model": "dense 4 bn relu dropout 0.5", "dropout_mode": "vanilla", "input_scale": "1/255",
        "weights_digest": WeightsDigest.of(state),
      ])
  }

  @Test("is the same after encoding and decoding, and equal models have equal bytes")
  func roundTrip() throws {
    let text =
      "conv 4x3 stride 2 bn leaky, pool 2, residual(dense 5 bn, dense 4 silu), dense 3 gelu"
    let model = try ONNXModel(ExportSample(text).exported(), ONNXOptions(input: .bytes))
    let bytes = ONNXMessage.encoding(model)
    #expect(try ONNXModel(encoding: bytes) == model)
    let again = try ONNXModel(ExportSample(text).exported(), ONNXOptions(input: .bytes))
    #expect(ONNXMessage.encoding(again) == bytes)
  }

  @Test("brings a value to an order only once, and not at all if there is one channel")
  func transposes() throws {
    func count(_ text: String, _ input: Shape, _ kind: ONNXOptions.Input) throws -> Int {
      try ONNXModel(ExportSample(text, input: input).exported(), ONNXOptions(input: kind))
        .graph.nodes.count { $0.operation == "Transpose" }
    }
    #expect(try count("residual(conv 4x3 bn, conv 4x3)", Shape(5, 5, 2), .bytes) == 2)
    #expect(try count("dense 4", Shape(5, 5, 2), .bytes) == 0)
    #expect(try count("dense 4", Shape(5, 5, 2), .floats) == 1)
    #expect(try count("dense 4", Shape(5, 5, 1), .floats) == 0)
    #expect(try count("conv 8x3, globalpool", Shape(5, 5, 1), .floats) == 0)
  }

  @Test("that is larger than the format allows is refused, and nothing is written")
  func tooLarge() throws {
    let folder = try TemporaryFolder()
    let model = try ONNXModel(ExportSample("dense 4").exported(), ONNXOptions())
    let size = ONNXMessage.encoding(model).count
    for limit in [10, size - 1] {
      let error = #expect(throws: TrainerError.self) {
        try model.write(path: folder.path("model.onnx"), limit: limit)
      }
      #expect(error?.code == .usage)
    }
    #expect(try folder.names().isEmpty)
    try model.write(path: folder.path("model.onnx"), limit: size)
    #expect(try folder.bytes("model.onnx").count == size)
  }

  @Test("cannot have a layer that no formula describes")
  func unknownLayer() throws {
    let network = Network([ToyLayer(name: "toy1", inputCount: 4, outputCount: 3)])
    let tensors = (network.parameters.entries + network.statistics.entries).map { entry in
      (
        entry.name,
        ExportedTensor(shape: entry.shape, values: Array(repeating: 0, count: entry.range.count))
      )
    }
    let error = #expect(throws: TrainerError.self) {
      try InferenceGraph(network, tensors: Dictionary(uniqueKeysWithValues: tensors))
    }
    #expect(error?.description == "toy1: a layer of this kind cannot be exported")
  }
}
