/// A model in a comparison, with its result on the test set.
package struct ComparedModel: Sendable {
  /// Its file or run directory, as it was given.
  package let path: String
  /// Whether it classifies each sample of the test set correctly.
  package let isCorrect: [Bool]
  /// The number of samples that it classifies correctly.
  package let correct: Int

  /// Describes a model.
  ///
  /// - Parameters:
  ///   - path: Its file or run directory.
  ///   - isCorrect: Whether it classifies each sample of the test set correctly; at least one
  ///     sample.
  package init(path: String, isCorrect: [Bool]) {
    self.path = path
    self.isCorrect = isCorrect
    correct = isCorrect.count(where: \.self)
  }

  /// The share of samples that it classifies correctly, from 0 to 1.
  var accuracy: Double { Double(correct) / Double(isCorrect.count) }
}
