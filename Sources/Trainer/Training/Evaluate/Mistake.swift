/// A test image with a wrong prediction.
package struct Mistake: Sendable, Equatable {
  /// The image's index in the test set, from 0.
  package var sample: Int
  /// The actual class.
  package var label: Int
  /// The predicted class.
  package var prediction: Int
  /// The probability of the predicted class.
  package var probability: Float
  /// The values of its pixels, (rows, columns, channels).
  package var pixels: [UInt8]

  /// Creates a mistake from its parts.
  ///
  /// - Parameters:
  ///   - sample: The image's index in the test set, from 0.
  ///   - label: The actual class.
  ///   - prediction: The predicted class.
  ///   - probability: The probability of the predicted class.
  ///   - pixels: The values of its pixels, (rows, columns, channels).
  package init(sample: Int, label: Int, prediction: Int, probability: Float, pixels: [UInt8]) {
    self.sample = sample
    self.label = label
    self.prediction = prediction
    self.probability = probability
    self.pixels = pixels
  }
}
