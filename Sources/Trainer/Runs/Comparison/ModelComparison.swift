/// A comparison of two groups of models on one test set.
///
/// Two models are compared by their predictions. Several are compared as runs, since the choice
/// among seeds is then part of what varies.
package struct ModelComparison: Sendable {
  /// The test that compared the groups.
  package enum Test: Sendable, Equatable {
    /// One model each.
    case mcNemar(McNemarTest)
    /// Several models in at least one of the groups.
    case permutation(PermutationTest)
  }

  /// The name of the data set.
  package let dataset: String
  /// The number of its test samples.
  package let samples: Int
  /// The first group.
  package let first: ComparedGroup
  /// The second group.
  package let second: ComparedGroup
  /// The test and its result.
  package let test: Test

  /// Compares groups.
  ///
  /// - Parameters:
  ///   - first: The first group.
  ///   - second: The second group, tested on the same samples.
  ///   - dataset: The name of the data set.
  ///   - seed: The seed of random divisions of the runs, if they are too many to try all.
  package init(_ first: ComparedGroup, _ second: ComparedGroup, dataset: String, seed: UInt64 = 0) {
    self.first = first
    self.second = second
    self.dataset = dataset
    let samples = first.models[0].isCorrect.count
    self.samples = samples
    precondition(
      (first.models + second.models).allSatisfy { $0.isCorrect.count == samples },
      "all models are tested on the same samples")
    test =
      first.models.count == 1 && second.models.count == 1
      ? .mcNemar(McNemarTest(first.models[0].isCorrect, second.models[0].isCorrect))
      : .permutation(
        PermutationTest(first.models.map(\.correct), second.models.map(\.correct), seed: seed))
  }

  /// The mean accuracy of the first group less that of the second, from -1 to 1.
  package var difference: Double { first.accuracy.mean - second.accuracy.mean }

  /// The two-sided p-value.
  package var p: Double {
    switch test {
    case .mcNemar(let test): test.p
    case .permutation(let test): test.p
    }
  }

  /// The smallest p-value that the test could give.
  package var smallestP: Double {
    switch test {
    case .mcNemar(let test): test.smallestP
    case .permutation(let test): test.smallestP
    }
  }
}

extension ModelComparison: Encodable {
  private enum CodingKeys: String, CodingKey {
    case dataset, samples, first, second, difference, test, p, smallestP
    case bothCorrect, onlyFirst, onlySecond, bothWrong
    case isExact = "exact"
    case divisions, extreme
  }

  /// Encodes the comparison as `trainer compare --json` prints it.
  ///
  /// - Parameter encoder: The encoder, which converts keys to snake case.
  /// - Throws: The encoder's error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dataset, forKey: .dataset)
    try container.encode(samples, forKey: .samples)
    try container.encode(first, forKey: .first)
    try container.encode(second, forKey: .second)
    try container.encode(difference, forKey: .difference)
    try container.encode(p, forKey: .p)
    try container.encode(smallestP, forKey: .smallestP)
    switch test {
    case .mcNemar(let test):
      try container.encode("mcnemar", forKey: .test)
      try container.encode(test.bothCorrect, forKey: .bothCorrect)
      try container.encode(test.onlyFirst, forKey: .onlyFirst)
      try container.encode(test.onlySecond, forKey: .onlySecond)
      try container.encode(test.bothWrong, forKey: .bothWrong)
    case .permutation(let test):
      try container.encode("permutation", forKey: .test)
      try container.encode(test.isExact, forKey: .isExact)
      try container.encode(test.divisions, forKey: .divisions)
      try container.encode(test.extreme, forKey: .extreme)
    }
  }
}
