import Files
import Machine
import Model
import Pages
import Training

/// The sort order of runs.
package enum RunOrder: String, CaseIterable, Sendable {
  /// By name, with numbers in names compared by value.
  case name
  /// By the latest test accuracy, in descending order; runs without one are last.
  case accuracy
  /// By duration, in ascending order; runs that have not ended are last.
  case time
}

/// A table of runs: the settings that differ, and the results.
package struct RunTable: Sendable {
  /// The runs, sorted.
  package let runs: [RecordedRun]
  /// The names of the settings that differ between runs, sorted.
  package let differing: [String]

  /// Compares runs.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - order: The sort order. Equal runs are sorted by name.
  package init(_ runs: [RecordedRun], order: RunOrder = .name) {
    self.runs = runs.sorted { Self.isBefore($0, $1, order) }
    let settings = runs.compactMap { $0.record.map(Self.comparable) }
    let names = Set(settings.flatMap(\.keys))
    differing = names.filter { name in
      settings.contains { $0[name] != settings.first?[name] }
    }.sorted()
  }

  private static func isBefore(
    _ one: RecordedRun, _ other: RecordedRun, _ order: RunOrder
  ) -> Bool {
    switch order {
    case .name: break
    case .accuracy:
      let (first, second) = (one.testAccuracy ?? -1, other.testAccuracy ?? -1)
      if first != second { return first > second }
    case .time:
      let (first, second) = (
        one.metrics?.end?.seconds ?? .infinity, other.metrics?.end?.seconds ?? .infinity
      )
      if first != second { return first < second }
    }
    return NaturalOrder.decimals.precedes(one.directory, other.directory)
  }

  /// The settings, versions and placement of a run, without the number of epochs, which has its own
  /// column.
  static func comparable(_ record: RunRecord) -> [String: String] {
    record.comparable.filter { $0.key != "epochs" }
  }

  /// The table as lines of text: a heading, then one line per run.
  package var lines: [String] {
    let names = shownNames
    let bases = BestEpochBasis.allCases.filter { basis in
      runs.contains { $0.bestEpochBasis == basis }
    }
    let rows = zip(names, runs).map { name, run in
      let settings = run.record.map(Self.comparable) ?? [:]
      let end = run.metrics?.end
      return [name, state(of: run)] + differing.map { settings[$0] ?? "-" }
        + [epochs(of: run), percentage(run.testAccuracy)]
        + bases.map { run.bestEpochBasis == $0 ? best(of: run) : "-" }
        + [
          end.map { FigureText.duration($0.seconds) } ?? "-",
          end.map { String($0.weightsDigest.prefix(12)) } ?? "-",
        ]
    }
    // Numbers to compare are aligned right. A line feed in a name, which a file may have, would
    // split the heading.
    let columns =
      (["run", "state"] + differing.map(\.printable)).map { TextTable.Column($0, .left) }
      + (["epochs", "accuracy"] + bases.map(\.heading) + ["time"]).map { TextTable.Column($0) }
      + [TextTable.Column("digest", .left)]
    return TextTable(columns: columns, rows: rows).lines()
  }

  /// The last components of the paths; the paths as they were given if two of those are equal.
  var shownNames: [String] {
    let short = runs.map {
      PathNames.name(of: $0.directory)
    }
    let isUnambiguous = Set(short).count == short.count
    return isUnambiguous ? short : runs.map(\.directory)
  }

  /// The state in words, with the reason why a run ended early.
  func state(of run: RecordedRun) -> String {
    guard let reason = run.metrics?.end?.endedBy, run.state == .complete else {
      return "\(run.state)"
    }
    return "\(run.state) (\(reason))"
  }

  /// The epochs done, and those planned.
  func epochs(of run: RecordedRun) -> String {
    let planned = run.record?.settings["epochs"].map { "/\($0)" } ?? ""
    return run.epochCount.map { "\($0)\(planned)" } ?? (planned.isEmpty ? "-" : "0\(planned)")
  }

  /// The test accuracy of the best epoch, and the epoch's number.
  private func best(of run: RecordedRun) -> String {
    run.metrics?.best.map { "\(percentage($0.testAccuracy)) (\($0.epoch))" } ?? "-"
  }

  private func percentage(_ share: Double?) -> String {
    share.map(FigureText.percentage) ?? "-"
  }
}

/// The metric that determines the best epoch of a run.
enum BestEpochBasis: CaseIterable, Sendable {
  /// The test accuracy: the epoch is chosen on the test set itself.
  case testAccuracy
  /// The loss of the validation samples.
  case validationLoss

  /// Determines the metric from the best epoch.
  init(_ epoch: RecordedEpoch) {
    self = epoch.validationLoss == nil ? .testAccuracy : .validationLoss
  }

  /// The heading of a column with the test accuracy and the number of the best epoch.
  var heading: String {
    switch self {
    case .testAccuracy: "best test (epoch)"
    case .validationLoss: "at best val loss (epoch)"
    }
  }
}
