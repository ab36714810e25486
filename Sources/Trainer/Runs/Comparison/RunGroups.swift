import Pages

/// Runs in groups that agree in some settings.
package struct RunGroups: Sendable {
  /// The settings in which the runs of a group agree.
  private let names: [String]
  /// The groups, sorted.
  package let groups: [RunGroup]

  /// Groups runs; those without a readable record are in no group.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - names: The settings in which the runs of a group agree, of ``RunRecord/comparableNames``.
  ///   - order: By the settings' values (`name`) or by the mean accuracy, in descending order.
  package init(_ runs: [RecordedRun], by names: [String], order: RunOrder = .name) {
    self.names = names
    let members = Dictionary(grouping: RunTable(runs).runs.filter { $0.record != nil }) { run in
      let values = run.record?.comparable ?? [:]
      return names.map { values[$0] }
    }
    groups = members.map { values, runs in
      RunGroup(settings: zip(names, values).map { (name: $0, value: $1) }, members: runs)
    }.sorted { Self.isBefore($0, $1, order) }
  }

  private static func isBefore(_ one: RunGroup, _ other: RunGroup, _ order: RunOrder) -> Bool {
    if order == .accuracy {
      let means = (one.testAccuracy?.mean ?? -1, other.testAccuracy?.mean ?? -1)
      if means.0 != means.1 { return means.0 > means.1 }
    }
    for (first, second) in zip(one.settings, other.settings) where first.value != second.value {
      return SettingOrder.precedes(first.value, second.value)
    }
    return false
  }

  /// The groups as lines of text: a heading, then one line per group.
  package var lines: [String] {
    let validates = groups.contains { $0.validationAccuracy != nil }
    let metrics = ["accuracy, %", "test loss"] + (validates ? ["val accuracy, %"] : [])
    let columns =
      names.map { TextTable.Column($0, .left) } + [TextTable.Column("runs")]
      + metrics.flatMap { [TextTable.Column($0), TextTable.Column("range")] }
    let rows = groups.map { group in
      group.settings.map { $0.value ?? "-" } + ["\(group.runs.count)"]
        + Self.cells(group.testAccuracy, Self.percent)
        + Self.cells(group.testLoss) { FigureText.loss($0) }
        + (validates ? Self.cells(group.validationAccuracy, Self.percent) : [])
    }
    return TextTable(columns: columns, rows: rows).lines()
  }

  /// Notes on the groups' figures.
  package var notes: [String] { groups.flatMap(\.notes) }

  private static func percent(_ fraction: Double) -> String { FigureText.fixed(fraction * 100, 2) }

  /// Mean and standard deviation, and the range.
  private static func cells(
    _ summary: SampleSummary?, _ text: (Double) -> String
  ) -> [String] {
    guard let summary else { return ["-", "-"] }
    return [
      text(summary.mean) + (summary.standardDeviation.map { " ± \(text($0))" } ?? ""),
      "\(text(summary.minimum)) to \(text(summary.maximum))",
    ]
  }
}
