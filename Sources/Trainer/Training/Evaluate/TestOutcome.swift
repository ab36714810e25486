import ImageData
import Parallel

/// A test image that was predicted wrong.
package struct Mistake: Sendable, Equatable {
  /// The image's number in the test set, from 0.
  package var sample: Int
  /// Its class.
  package var label: Int
  /// The class that the model gave it.
  package var prediction: Int
  /// The probability that the model gave that class.
  package var probability: Float
  /// Grey values, (rows, columns).
  package var pixels: [UInt8]

  /// Puts a mistake together.
  ///
  /// - Parameters:
  ///   - sample: The image's number in the test set, from 0.
  ///   - label: Its class.
  ///   - prediction: The class that the model gave it.
  ///   - probability: The probability that the model gave that class.
  ///   - pixels: Grey values, (rows, columns).
  package init(sample: Int, label: Int, prediction: Int, probability: Float, pixels: [UInt8]) {
    self.sample = sample
    self.label = label
    self.prediction = prediction
    self.probability = probability
    self.pixels = pixels
  }
}

/// What a model makes of a test set, sample by sample.
package struct TestOutcome: Sendable, Equatable {
  /// How often a class (row) was predicted as a class (column).
  package let confusionMatrix: [[Int]]
  /// The mistakes in which the model was surest, the surest first; of equals the earlier sample.
  package let mistakes: [Mistake]
  /// Rows of an image.
  package let rows: Int
  /// Columns of an image.
  package let columns: Int

  /// How many mistakes are kept.
  package static let mistakeLimit = 24

  /// Puts an outcome together.
  ///
  /// - Parameters:
  ///   - confusionMatrix: How often a class (row) was predicted as a class (column).
  ///   - mistakes: Mistakes, the surest first.
  ///   - rows: Rows of an image.
  ///   - columns: Columns of an image.
  package init(confusionMatrix: [[Int]], mistakes: [Mistake], rows: Int, columns: Int) {
    self.confusionMatrix = confusionMatrix
    self.mistakes = mistakes
    self.rows = rows
    self.columns = columns
  }

  /// Takes what an evaluation found.
  ///
  /// - Parameters:
  ///   - evaluator: Has just evaluated the model on `images`.
  ///   - images: The test set.
  ///   - classCount: Classes.
  package init(_ evaluator: Evaluator, images: ImageSet, classCount: Int) {
    self.init(
      predictions: evaluator.predictions.elements, probabilities: evaluator.probabilities.elements,
      images: images, classCount: classCount)
  }

  /// Counts and sorts predictions.
  ///
  /// - Parameters:
  ///   - predictions: The class predicted for each sample.
  ///   - probabilities: The probability of that class.
  ///   - images: The samples.
  ///   - classCount: More than any label or prediction.
  init(
    predictions: some RandomAccessCollection<UInt8>,
    probabilities: some RandomAccessCollection<Float>, images: ImageSet, classCount: Int
  ) {
    precondition(
      predictions.count == images.count && probabilities.count == images.count,
      "a prediction and a probability for every sample")
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
    rows = images.rows
    columns = images.columns
    let size = images.pixelCount
    mistakes = wrong.prefix(Self.mistakeLimit).map { mistake in
      let first = mistake.sample * size
      return Mistake(
        sample: mistake.sample, label: Int(images.labels[mistake.sample]),
        prediction: mistake.prediction, probability: mistake.probability,
        pixels: Array(images.pixels[first..<first + size]))
    }
  }

  /// For each class the share of its samples predicted right; nil for a class without samples.
  package var classAccuracy: [Double?] {
    confusionMatrix.enumerated().map { label, row in
      let count = row.reduce(0, +)
      return count == 0 ? nil : Double(row[label]) / Double(count)
    }
  }
}
