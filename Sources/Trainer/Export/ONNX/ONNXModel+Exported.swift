import Files
import Foundation
import Model
import Training

extension ONNXModel {
  /// The version of the format that came with ``operators``.
  private static let format = 9
  /// The first version of the operators with `Gelu`; later versions did not change what is used
  /// here.
  private static let operators = 20
  /// The largest message that programs read.
  static let largestFile = 1 << 31 - 1

  /// Describes a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - options: What its graph takes, and whether batch norms are folded.
  /// - Throws: What encoding throws.
  package init(_ model: ExportedModel, _ options: ONNXOptions) throws {
    var graph = model.graph.withoutIdentities
    if options.foldsBatchNorms { graph = graph.foldingBatchNorms }
    let builder = ONNXGraphBuilder(graph, input: options.input)
    let classes: [ONNXValue.Extent] = [.named(ONNXGraphBuilder.batch), .count(model.classCount)]
    self.init(
      formatVersion: Self.format, operatorVersion: Self.operators, producer: "trainer",
      producerVersion: TrainerVersion.current,
      graph: ONNXGraph(
        name: "network", nodes: builder.nodes, constants: builder.constants,
        inputs: [builder.input],
        outputs: [
          ONNXValue(
            name: ONNXGraphBuilder.probabilitiesName, text: "the probability of each class",
            type: .float, extents: classes),
          ONNXValue(
            name: ONNXGraphBuilder.logitsName, text: "what the softmax takes", type: .float,
            extents: classes),
        ]),
      metadata: try Self.metadata(of: model, options))
  }

  /// Facts about the model, sorted by their names.
  private static func metadata(
    of model: ExportedModel, _ options: ONNXOptions
  ) throws -> [(key: String, value: String)] {
    var metadata = [
      "model": "\(model.description)", "dropout_mode": model.dropoutMode.rawValue,
      "input_scale": options.input == .bytes ? "1" : "1/255", "weights_digest": model.digest,
    ]
    if let names = model.classNames {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      metadata["class_names"] = String(decoding: try encoder.encode(names), as: UTF8.self)
    }
    return metadata.sorted { $0.key < $1.key }
  }

  /// Writes the model.
  ///
  /// - Parameters:
  ///   - path: The file, replaced at once when the new one is whole.
  ///   - limit: The most bytes of a file.
  /// - Throws: `TrainerError` for a model that is too large for the format; `FileError` if the file
  ///   cannot be written.
  package func write(path: String, limit: Int = largestFile) throws {
    // Checked before the weights are copied.
    let weights = graph.constants.reduce(0) { $0 + $1.tensor.values.count }
    try Self.require(weights * MemoryLayout<Float>.stride, atMost: limit, path: path)
    let bytes = ONNXMessage.encoding(self)
    try Self.require(bytes.count, atMost: limit, path: path)
    try AtomicFile.replace(path: path) { try $0.write(bytes) }
  }

  private static func require(_ count: Int, atMost limit: Int, path: String) throws {
    guard count > limit else { return }
    throw TrainerError(
      .usage, "\(path): the model needs \(count) bytes; an ONNX file has at most \(limit)")
  }
}
