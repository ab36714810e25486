import Files
import Foundation
import Machine
import Model
import Pages
import Parallel
import Training

/// What runs are sorted by.
package enum RunOrder: String, CaseIterable, Sendable {
  /// Names, numbers in them by their value.
  case name
  /// The last test accuracy, the greatest first; runs without one last.
  case accuracy
  /// Seconds, the fewest first; runs that have not ended last.
  case time
}

/// Runs side by side: what differs among their settings, and what came out.
package struct RunTable: Sendable {
  /// The runs in order.
  package let runs: [RecordedRun]
  /// The names of settings that are not the same in all runs, sorted.
  package let differing: [String]

  /// Compares runs.
  ///
  /// - Parameters:
  ///   - runs: The runs.
  ///   - order: What they are sorted by; runs that are equal in it by name.
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
    let names = (one.directory, other.directory)
    let comparison = names.0.compare(names.1, options: .numeric)
    return comparison == .orderedSame ? names.0 < names.1 : comparison == .orderedAscending
  }

  /// What a run was told and where it ran, without the epochs, which have a column of their own.
  private static func comparable(_ record: RunRecord) -> [String: String] {
    var values = record.settings.mapValues(\.description)
    values["epochs"] = nil
    values["dataset"] = record.dataset.name
    values["threads"] = "\(record.threads)"
    values["pin"] = (record.pin ?? WorkerPlacement.none).rawValue
    // What was computed with, also where the option says `auto`.
    values["blas-core"] = record.machine.openBLAS.core
    values["version"] = record.version
    return values
  }

  /// The table as lines of text: a heading, and a line a run.
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
    // Numbers that are compared stand right.
    let columns =
      (["run", "state"] + differing).map { TextTable.Column($0, .left) }
      + (["epochs", "accuracy"] + bases.map(\.heading) + ["time"]).map { TextTable.Column($0) }
      + [TextTable.Column("digest", .left)]
    return TextTable(columns: columns, rows: rows).lines()
  }

  /// Last components, or the paths as they were given where two are the same.
  private var shownNames: [String] {
    let short = runs.map {
      PathNames.name(of: $0.directory)
    }
    let isUnambiguous = Set(short).count == short.count
    return isUnambiguous ? short : runs.map(\.directory)
  }

  private func state(of run: RecordedRun) -> String {
    guard let reason = run.metrics?.end?.endedBy, run.state == .complete else {
      return "\(run.state)"
    }
    return "\(run.state) (\(reason))"
  }

  private func epochs(of run: RecordedRun) -> String {
    let planned = run.record?.settings["epochs"].map { "/\($0)" } ?? ""
    return run.epochCount.map { "\($0)\(planned)" } ?? (planned.isEmpty ? "-" : "0\(planned)")
  }

  /// The test accuracy of the epoch judged best, and the epoch.
  private func best(of run: RecordedRun) -> String {
    run.metrics?.best.map { "\(percentage($0.testAccuracy)) (\($0.epoch))" } ?? "-"
  }

  private func percentage(_ share: Double?) -> String {
    share.map(FigureText.percentage) ?? "-"
  }
}

/// What a run's best epoch is judged by.
enum BestEpochBasis: CaseIterable, Sendable {
  /// The test accuracy, which was then chosen on the test set itself.
  case testAccuracy
  /// The loss of samples that are held out.
  case validationLoss

  /// The basis of a run with such an epoch.
  init(_ epoch: RecordedEpoch) {
    self = epoch.validationLoss == nil ? .testAccuracy : .validationLoss
  }

  /// The heading of a column with the test accuracy of the best epoch, and the epoch.
  var heading: String {
    switch self {
    case .testAccuracy: "best test (epoch)"
    case .validationLoss: "at best val loss (epoch)"
    }
  }
}
