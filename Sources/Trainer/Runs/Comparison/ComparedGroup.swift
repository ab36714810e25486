/// A group of models in a comparison.
package struct ComparedGroup: Sendable {
  /// The models.
  package let models: [ComparedModel]
  /// Mean and spread of their accuracies, from 0 to 1.
  package let accuracy: SampleSummary

  /// Summarizes models.
  ///
  /// - Parameter models: The models, tested on the same samples; nil is returned if there are none.
  package init?(_ models: [ComparedModel]) {
    guard let accuracy = SampleSummary(models.map(\.accuracy)) else { return nil }
    self.models = models
    self.accuracy = accuracy
  }
}

extension ComparedGroup: Encodable {
  private struct Model: Encodable {
    let path: String
    let accuracy: Double
  }

  private enum CodingKeys: CodingKey {
    case models, accuracy
  }

  /// Encodes paths, accuracies and their summary.
  ///
  /// - Parameter encoder: The encoder, which converts keys to snake case.
  /// - Throws: The encoder's error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      models.map { Model(path: $0.path, accuracy: $0.accuracy) }, forKey: .models)
    try container.encode(accuracy, forKey: .accuracy)
  }
}
