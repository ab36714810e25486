/// McNemar's test, exact: whether two models classify the same samples equally often correctly.
///
/// Samples that both models classify correctly, or both wrongly, say nothing about a difference. Of
/// the others, equally good models have each about half.
///
/// Source: McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages", Psychometrika 12, 1947.
package struct McNemarTest: Sendable, Equatable {
  /// Samples that both classify correctly.
  package let bothCorrect: Int
  /// Samples that only the first model classifies correctly.
  package let onlyFirst: Int
  /// Samples that only the second model classifies correctly.
  package let onlySecond: Int
  /// Samples that both classify wrongly.
  package let bothWrong: Int

  /// Compares two models.
  ///
  /// - Parameters:
  ///   - first: Whether the first model classifies each sample correctly.
  ///   - second: The same for the second model; the same samples.
  package init(_ first: [Bool], _ second: [Bool]) {
    precondition(first.count == second.count, "both models are tested on the same samples")
    func count(_ one: Bool, _ other: Bool) -> Int {
      zip(first, second).count { $0 == (one, other) }
    }
    bothCorrect = count(true, true)
    onlyFirst = count(true, false)
    onlySecond = count(false, true)
    bothWrong = count(false, false)
  }

  /// The samples that exactly one model classifies correctly.
  package var discordant: Int { onlyFirst + onlySecond }
  /// The two-sided p-value.
  package var p: Double { SignTest.p(onlyFirst, of: discordant) }
  /// The smallest p-value that this number of discordant samples can give.
  package var smallestP: Double { SignTest.smallestP(of: discordant) }
}
