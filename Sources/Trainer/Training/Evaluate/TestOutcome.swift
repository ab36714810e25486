import ImageData
import Parallel

/// A summary of a model's predictions on a test set.
package struct TestOutcome: Sendable, Equatable {
  /// The number of samples by actual class (row) and predicted class (column).
  package let confusionMatrix: [[Int]]
  /// The wrong predictions with the highest probability, in descending order of probability; equal
  /// ones by sample.
  package let mistakes: [Mistake]
  /// The size of an image.
  package let imageSize: ImageSize

  /// The maximum number of mistakes.
  package static let mistakeLimit = 24

  /// Creates an outcome from its parts.
  ///
  /// - Parameters:
  ///   - confusionMatrix: The number of samples by actual class (row) and predicted class (column).
  ///   - mistakes: The wrong predictions, in descending order of probability.
  ///   - imageSize: The size of an image.
  package init(confusionMatrix: [[Int]], mistakes: [Mistake], imageSize: ImageSize) {
    self.confusionMatrix = confusionMatrix
    self.mistakes = mistakes
    self.imageSize = imageSize
  }

  /// Summarizes the results of an evaluation.
  ///
  /// - Parameters:
  ///   - evaluator: The evaluator of the test set, after ``Evaluator/evaluate()``.
  ///   - images: The test set.
  ///   - classCount: The number of classes.
  package init(_ evaluator: Evaluator, images: ImageSet, classCount: Int) {
    self.init(
      predictions: evaluator.predictions.elements, probabilities: evaluator.probabilities.elements,
      images: images, classCount: classCount)
  }

  /// Summarizes predictions.
  ///
  /// - Parameters:
  ///   - predictions: The predicted class of each sample.
  ///   - probabilities: The probability of the predicted class of each sample.
  ///   - images: The samples.
  ///   - classCount: The number of classes, greater than every label and prediction.
  package init(
    predictions: some RandomAccessCollection<UInt8>,
    probabilities: some RandomAccessCollection<Float>, images: ImageSet, classCount: Int
  ) {
    precondition(
      predictions.count == images.count && probabilities.count == images.count,
      "one prediction and one probability per sample")
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    var wrong: [(sample: Int, prediction: Int, probability: Float)] = []
    for (sample, (prediction, probability)) in zip(predictions, probabilities).enumerated() {
      matrix[Int(images.labels[sample])][Int(prediction)] += 1
      if prediction != images.labels[sample] {
        wrong.append((sample, Int(prediction), probability))
      }
    }
    wrong.sort { ($0.probability, $1.sample) > ($1.probability, $0.sample) }
    confusionMatrix = matrix
    imageSize = images.imageSize
    let size = images.valueCount
    mistakes = wrong.prefix(Self.mistakeLimit).map { mistake in
      let first = mistake.sample * size
      return Mistake(
        sample: mistake.sample, label: Int(images.labels[mistake.sample]),
        prediction: mistake.prediction, probability: mistake.probability,
        pixels: Array(images.pixels[first..<first + size]))
    }
  }

  /// For each class, the share of its samples predicted correctly; nil for a class without samples.
  package var classAccuracy: [Double?] {
    confusionMatrix.enumerated().map { label, row in
      let count = row.reduce(0, +)
      return count == 0 ? nil : Double(row[label]) / Double(count)
    }
  }
}
