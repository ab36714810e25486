import ImageData
import Parallel

/// Predicts the images of many inputs, batch by batch across inputs, in order.
package final class PredictionRun {
  private let predictor: Predictor
  private let inverts: Bool
  private let emit: ([ImagePrediction]) throws -> Void
  /// Where the images in the predictor's memory come from.
  private var waiting: [(input: String, index: Int, isNumbered: Bool)] = []

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - predictor: The model.
  ///   - inverts: Whether black becomes white, for images that are dark on light.
  ///   - emit: Is given the predictions in order, some at a time.
  package init(
    predictor: Predictor, inverts: Bool, emit: @escaping ([ImagePrediction]) throws -> Void
  ) {
    self.predictor = predictor
    self.inverts = inverts
    self.emit = emit
  }

  /// Reads an input's images; predicts them as far as a batch is full.
  ///
  /// - Parameters:
  ///   - input: Its name in the predictions.
  ///   - open: Opens it.
  /// - Returns: What is wrong with the input; the images before that are predicted.
  /// - Throws: What predicting or emitting throws.
  package func add(
    _ input: String, open: () throws(DataError) -> ImageReader
  ) throws -> DataError? {
    let reader: ImageReader
    do throws(DataError) {
      reader = try open()
    } catch {
      return error
    }
    while true {
      if waiting.count == predictor.capacity { try flush() }
      do throws(DataError) {
        guard let size = try reader.nextSize() else { return nil }
        try read(size, from: reader)
      } catch {
        return error
      }
      waiting.append((input, reader.count - 1, reader.isSequence))
    }
  }

  /// Predicts what was read and not yet predicted.
  ///
  /// - Throws: What predicting or emitting throws.
  package func flush() throws {
    if waiting.isEmpty { return }
    try predictor.predict(count: waiting.count)
    try emit(
      waiting.enumerated().map { row, source in
        let (classIndex, probabilities) = predictor.prediction(of: row)
        return ImagePrediction(
          input: source.input, index: source.index, isNumbered: source.isNumbered,
          classIndex: classIndex, probabilities: probabilities)
      })
    waiting.removeAll(keepingCapacity: true)
  }

  /// Reads an image into the place of the next.
  private func read(_ size: ImageSize, from reader: ImageReader) throws(DataError) {
    let pixelCount = predictor.pixelCount
    guard size.pixelCount == pixelCount, size == predictor.imageSize ?? size else {
      throw DataError(
        .invalid,
        "\(reader.name): image \(reader.count): found \(found(size)); expected \(expectedSize): "
          + "what the model \(predictor.modelPath) takes. Images are not resized")
    }
    let place = UnsafeMutableBufferPointer(
      start: predictor.pixels.pointer + waiting.count * pixelCount, count: pixelCount)
    try reader.readPixels(into: place)
    if inverts { for index in place.indices { place[index] = 255 - place[index] } }
  }

  /// An image's size in words; its number of pixels too if that is all that the model's file has.
  private func found(_ size: ImageSize) -> String {
    "\(size) pixels\(predictor.imageSize == nil ? ", which is \(size.pixelCount)" : "")"
  }

  /// The model's input in words.
  private var expectedSize: String {
    if let size = predictor.imageSize { return "\(size)" }
    let side = Int(Double(predictor.pixelCount).squareRoot().rounded())
    let isSquare = side * side == predictor.pixelCount
    return "\(predictor.pixelCount)\(isSquare ? ", as in \(side) x \(side)" : "")"
  }
}
