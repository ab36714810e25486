import Files
import ImageData
import Parallel

/// Predicts the images of several inputs in order.
///
/// A batch may contain images of more than one input.
package final class PredictionRun {
  private let predictor: Predictor
  private let inverts: Bool
  private let emit: ([ImagePrediction]) throws -> Void
  /// The sources of the images that are read but not yet predicted.
  private var waiting: [(input: String, index: Int, isNumbered: Bool)] = []

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - predictor: The models.
  ///   - inverts: Whether values are inverted, for images that are dark on a light background.
  ///   - emit: Called with the predictions of one batch at a time, in order.
  package init(
    predictor: Predictor, inverts: Bool, emit: @escaping ([ImagePrediction]) throws -> Void
  ) {
    self.predictor = predictor
    self.inverts = inverts
    self.emit = emit
  }

  /// Whether images have to be red, green and blue values.
  package var wantsColor: Bool { predictor.imageSize?.channels == 3 }

  /// Reads the images of an input, and predicts each time a batch is full.
  ///
  /// - Parameters:
  ///   - input: The input's name in predictions.
  ///   - open: Opens the input.
  /// - Returns: The error in the input; nil if there is none. Images before the error are
  ///   predicted.
  /// - Throws: The errors of ``Predictor/predict(count:)`` and of `emit`.
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

  /// Predicts the images that were read but not yet predicted.
  ///
  /// - Throws: The errors of ``Predictor/predict(count:)`` and of `emit`.
  package func flush() throws {
    if waiting.isEmpty { return }
    try predictor.predict(count: waiting.count)
    try emit(
      waiting.enumerated().map { row, source in
        let (classIndex, probabilities, votes) = predictor.prediction(of: row)
        return ImagePrediction(
          input: source.input, index: source.index, isNumbered: source.isNumbered,
          classIndex: classIndex, probabilities: probabilities, votes: votes)
      })
    waiting.removeAll(keepingCapacity: true)
  }

  /// Reads an image into the predictor's memory, after the images that wait.
  private func read(_ size: ImageSize, from reader: ImageReader) throws(DataError) {
    let valueCount = predictor.valueCount
    guard size.valueCount == valueCount, size == predictor.imageSize ?? size else {
      throw DataError(
        .invalid,
        "\(reader.name): image \(reader.count): found \(found(size)); expected \(expectedSize), "
          + "the input size of the model \(predictor.modelPath). Images are not resized")
    }
    let place = UnsafeMutableBufferPointer(
      start: predictor.pixels.pointer + waiting.count * valueCount, count: valueCount)
    try reader.readPixels(into: place)
    if inverts { for index in place.indices { place[index] = 255 - place[index] } }
  }

  /// The size of an image for messages; with its number of values if the model's file contains only
  /// that.
  private func found(_ size: ImageSize) -> String {
    size.words + (predictor.imageSize == nil ? ", which is \(size.valueCount) values" : "")
  }

  /// The size of the model's input for messages.
  private var expectedSize: String {
    if let size = predictor.imageSize { return size.words }
    let side = Int(Double(predictor.valueCount).squareRoot().rounded())
    let isSquare = side * side == predictor.valueCount
    return "\(predictor.valueCount) values\(isSquare ? ", as in \(side) x \(side)" : "")"
  }
}
