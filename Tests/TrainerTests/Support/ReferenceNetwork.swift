@testable import ImageData
@testable import Model

/// The network n-6-5-4-3 that the reference values are of, for samples that are rows of real
/// numbers and not bytes: they are the weights of a layer in front, `samples`, and images with a
/// single white pixel pick them out.
enum ReferenceNetwork {
  static let classCount = 3

  /// An image a sample, (n, n) pixels in all.
  static func images(labels: [UInt8]) throws -> SyntheticImages {
    let rows = labels.count
    var pixels = [UInt8](repeating: 0, count: rows * rows)
    for row in 0..<rows { pixels[row * rows + row] = 255 }
    return SyntheticImages(
      images: ImageSet(
        rows: 1, columns: rows, pixels: try ByteStorage(pixels), labels: try ByteStorage(labels)),
      classCount: classCount)
  }

  static func network(rows: Int, engine: Engine = .native) -> Network {
    func linear(_ name: String, _ inputs: Int, _ outputs: Int, hasBias: Bool = false) -> Linear {
      Linear(
        name: name, inputCount: inputs, outputCount: outputs, hasBias: hasBias, initializer: .zeros,
        engine: engine)
    }
    return Network([
      linear("samples", rows, 6),
      linear("dense1", 6, 5), BatchNorm(name: "batchnorm1", shape: Shape(5)),
      ReLU(name: "relu1", shape: Shape(5)),
      linear("dense2", 5, 4), BatchNorm(name: "batchnorm2", shape: Shape(4)),
      ReLU(name: "relu2", shape: Shape(4)),
      linear("dense3", 4, classCount, hasBias: true),
    ])
  }
}
