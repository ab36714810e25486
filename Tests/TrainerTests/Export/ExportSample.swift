import TestSupport

@testable import Export
@testable import ImageData
@testable import Model
@testable import Parallel
@testable import Training

/// A model with random weights and statistics, and what the product predicts by it.
struct ExportSample {
  let file: ModelFile
  let architecture: Architecture
  /// Images of random bytes, channels last.
  let images: [[UInt8]]
  private let folder: TemporaryFolder

  static let classCount = 5

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - model: The text of its layers.
  ///   - input: One image: rows x columns x channels, or only a number of values.
  ///   - mode: When dropout rescales.
  ///   - imageCount: How many images there are.
  /// - Throws: What the description, or the file, throws.
  init(
    _ model: String, input: Shape = Shape(9, 7, 3), mode: Dropout.Mode = .inverted,
    imageCount: Int = 3
  ) throws {
    folder = try TemporaryFolder()
    architecture = try Architecture(
      untrusted: input.extents, model: ModelDescription(model), classCount: Self.classCount,
      dropoutMode: mode)
    let state = ModelState(
      network: Network(architecture, seed: 0), seed: 3, optimizerStateCount: 0, isTrained: false)
    var generator = SeededGenerator(seed: 11)
    for tensor in state.tensors where !tensor.entry.name.hasSuffix(".weight") {
      // Variances are positive.
      let range: ClosedRange<Float> =
        tensor.entry.name.hasSuffix("running_var") ? 0.2...3 : -0.8...0.9
      tensor.write(tensor.values.map { _ in Float.random(in: range, using: &generator) })
    }
    let path = folder.path("model.safetensors")
    try ModelFile.write(state, architecture: architecture, path: path)
    file = try ModelFile(SafetensorsFile.read(path: path))
    images = (0..<imageCount).map { _ in
      (0..<input.count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
  }

  /// The model, as exporters take it.
  func exported() throws -> ExportedModel { try ExportedModel(file, data: nil) }

  /// The probabilities that the product predicts, for all images one after the other.
  func probabilities() throws -> [Float] {
    let predictor = Predictor(try Ensemble([.init(file: file)], threads: 1, coreCount: 1))
    for (index, value) in images.joined().enumerated() { predictor.pixels.pointer[index] = value }
    try predictor.predict(count: images.count)
    return images.indices.flatMap { predictor.prediction(of: $0).probabilities }
  }

  /// The images as an ONNX graph takes them.
  func input(_ kind: ONNXOptions.Input) -> ONNXInterpreter.Tensor {
    guard let (rows, columns, channels) = architecture.input.image else {
      let values = images.joined().map { kind == .bytes ? Double($0) : Double($0) / 255 }
      return .init(shape: [images.count, architecture.input.count], values: values)
    }
    if kind == .bytes {
      return .init(
        shape: [images.count, rows, columns, channels], values: images.joined().map(Double.init))
    }
    var values: [Double] = []
    for image in images {
      for channel in 0..<channels {
        for pixel in 0..<rows * columns {
          values.append(Double(image[pixel * channels + channel]) / 255)
        }
      }
    }
    return .init(shape: [images.count, channels, rows, columns], values: values)
  }
}
