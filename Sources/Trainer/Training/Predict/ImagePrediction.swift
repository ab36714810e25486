/// What a model says of one image.
package struct ImagePrediction: Sendable {
  /// The input that the image came from.
  package let input: String
  /// Its number in the input, from 0.
  package let index: Int
  /// Whether the input's images are numbered, rather than being one image.
  package let isNumbered: Bool
  /// The class with the greatest probability; the first of them where there are several.
  package let classIndex: Int
  /// Every class's probability.
  package let probabilities: [Float]

  /// The predicted class's probability.
  package var probability: Float { probabilities[classIndex] }

  /// The most probable classes, the predicted one first; the lower number first where equal.
  ///
  /// - Parameter count: How many, at most all.
  /// - Returns: Their numbers.
  package func mostProbable(_ count: Int) -> ArraySlice<Int> {
    let others = probabilities.indices.filter { $0 != classIndex }
    let sorted = others.sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
    return ([classIndex] + sorted).prefix(count)
  }
}
