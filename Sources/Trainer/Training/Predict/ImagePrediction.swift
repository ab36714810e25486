/// A model's prediction for one image.
package struct ImagePrediction: Sendable {
  /// The name of the input that contains the image.
  package let input: String
  /// The image's index in the input, from 0.
  package let index: Int
  /// Whether the input is a sequence of images, not a single image.
  package let isNumbered: Bool
  /// The class with the largest probability, from 0; of equal classes the first.
  package let classIndex: Int
  /// The probability of each class, (classes).
  package let probabilities: [Float]
  /// The class that each model predicts.
  package let votes: [Int]

  /// The probability of the predicted class.
  package var probability: Float { probabilities[classIndex] }

  /// The most probable classes, in descending order of probability.
  ///
  /// The predicted class is first. Equal classes are in ascending order.
  ///
  /// - Parameter count: The number of classes, at most all.
  /// - Returns: The classes, numbered from 0.
  package func mostProbable(_ count: Int) -> ArraySlice<Int> {
    let others = probabilities.indices.filter { $0 != classIndex }
    let sorted = others.sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
    return ([classIndex] + sorted).prefix(count)
  }
}
