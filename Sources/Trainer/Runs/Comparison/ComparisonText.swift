import Pages
import Parallel

/// A comparison of models in words, for a terminal.
package struct ComparisonText: Sendable {
  private let comparison: ModelComparison

  /// The level that p-values are usually held against.
  private static let level = 0.05
  /// The usual width of a terminal, in columns.
  private static let width = 80

  /// Prepares the text.
  ///
  /// - Parameter comparison: The comparison.
  package init(_ comparison: ModelComparison) {
    self.comparison = comparison
  }

  /// The groups, the table of McNemar's test, the difference, the test, and what its p-value means.
  package var lines: [String] {
    let difference = Self.points(comparison.difference)
    return ["\(comparison.dataset), \(counted(comparison.samples, "test sample"))"] + groups + table
      + ["difference A - B: \(difference) points", "test: \(testName)"]
      + TerminalText.wrapped(meaning.joined(separator: " "), width: Self.width, indent: 0)
  }

  private var groups: [String] {
    let groups = [("A", comparison.first), ("B", comparison.second)]
    let models = groups.flatMap { name, group in
      group.models.map { [name, $0.path, FigureText.percentage($0.accuracy)] }
    }
    let single = models.count == groups.count
    let lines = TextTable(
      columns: [.init("", .left), .init("model", .left), .init("accuracy")], rows: models
    ).lines()
    guard !single else { return lines }
    return lines
      + TextTable(
        columns: [.init("group", .left), .init("n"), .init("mean"), .init("standard deviation")],
        rows: groups.map { name, group in
          [
            name, "\(group.accuracy.count)", FigureText.percentage(group.accuracy.mean),
            group.accuracy.standardDeviation.map(FigureText.percentage) ?? "-",
          ]
        }
      ).lines()
  }

  private var table: [String] {
    guard case .mcNemar(let test) = comparison.test else { return [] }
    return TextTable(
      columns: [.init("", .left), .init("B correct"), .init("B wrong")],
      rows: [
        ["A correct", "\(test.bothCorrect)", "\(test.onlyFirst)"],
        ["A wrong", "\(test.onlySecond)", "\(test.bothWrong)"],
      ]
    ).lines()
  }

  private var testName: String {
    switch comparison.test {
    case .mcNemar: "exact McNemar test"
    case .permutation(let test):
      test.isExact
        ? "permutation test, all \(test.divisions) divisions of the runs"
        : "permutation test, \(test.divisions) random divisions of the runs"
    }
  }

  /// Sentences about the p-value.
  private var meaning: [String] {
    let chance = "\(Self.text(comparison.p * 100)) %"
    let sizes = "\(comparison.first.models.count) and \(comparison.second.models.count)"
    switch comparison.test {
    case .mcNemar(let test):
      return [
        "p = \(Self.text(comparison.p)): if both models were equally good, the "
          + "\(counted(test.discordant, "sample")) that only one of them classifies correctly "
          + "would be divided at least as unevenly as \(test.onlyFirst) to \(test.onlySecond) in "
          + "\(chance) of cases. This is about these two models, not about other seeds of theirs."
      ] + weakness("\(counted(test.discordant, "such sample")) can give")
    case .permutation:
      return [
        "p = \(Self.text(comparison.p)): a difference at least this large would be seen in "
          + "\(chance) of random divisions of the runs into groups of \(sizes) if the groups did "
          + "not differ."
      ] + weakness("groups of \(sizes) runs can give")
    }
  }

  /// A note if not even the most extreme result could have a small p-value.
  private func weakness(_ source: String) -> [String] {
    guard comparison.smallestP >= Self.level else { return [] }
    return [
      "The smallest p that \(source) is \(Self.text(comparison.smallestP)): a p below "
        + "\(Self.level) is not possible, whatever the difference."
    ]
  }

  /// A difference of shares in percentage points, with its sign.
  private static func points(_ share: Double) -> String {
    let text = FigureText.fixed(share * 100, 2)
    return share > 0 && text != "0.00" ? "+\(text)" : text
  }

  private static func text(_ value: Double) -> String {
    value == 0 ? "0 (below 1e-300)" : FigureText.significant(value)
  }
}
