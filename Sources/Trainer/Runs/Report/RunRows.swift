import Files
import Foundation
import Pages

/// The table of a page about several runs: a row for each, with a small chart.
struct RunRows: Sendable {
  /// Texts of more characters than this are wrapped.
  private static let longText = 30

  private let table: RunTable
  private let folder: String
  private let epochs: ClosedRange<Double>
  private let accuracies: ClosedRange<Double>

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - table: The runs.
  ///   - folder: The folder of the page.
  init(_ table: RunTable, folder: String) {
    self.table = table
    self.folder = folder
    let all = table.runs.flatMap { $0.metrics?.epochs ?? [] }
    func range(_ values: [Double]) -> ClosedRange<Double> {
      let known = values.filter(\.isFinite)
      return (known.min() ?? 0)...(known.max() ?? 0)
    }
    epochs = range(all.map { Double($0.epoch) })
    accuracies = range(all.map(\.testAccuracy))
  }

  /// The table as HTML.
  var markup: Markup {
    scrolling("Runs") {
      Markup("table", ["class": "figures"]) {
        Markup("thead") {
          Markup("tr") {
            ["run", "state"].map { heading($0, isText: true) }
            ["epochs", "accuracy", "by epoch", "time"].map { heading($0) }
            (table.differing + ["digest"]).map { heading($0, isText: true) }
          }
        }
        Markup("tbody") { zip(table.shownNames, table.runs).map(row) }
      }
    }
  }

  private func heading(_ name: String, isText: Bool = false) -> Markup {
    Markup("th", isText ? ["scope": "col", "class": "text"] : ["scope": "col"]) { name }
  }

  private func row(_ name: String, _ run: RecordedRun) -> Markup {
    let settings = run.record.map(RunTable.comparable) ?? [:]
    let end = run.metrics?.end
    return Markup("tr") {
      Markup("th", ["scope": "row", "class": "text"]) { link(name, run) }
      Markup("td", ["class": "text"]) { table.state(of: run) }
      Markup("td") { table.epochs(of: run) }
      Markup("td") { run.testAccuracy.map(FigureText.percentage) ?? "-" }
      Markup("td") { chart(run).markup }
      Markup("td") { end.map { FigureText.duration($0.seconds) } ?? "-" }
      table.differing.map { name in
        let text = settings[name] ?? "-"
        return Markup("td", ["class": text.count > Self.longText ? "text long" : "text"]) { text }
      }
      Markup("td", ["class": "text"]) {
        Markup("code") { end.map { String($0.weightsDigest.prefix(12)) } ?? "-" }
      }
    }
  }

  private func chart(_ run: RecordedRun) -> SmallChart {
    SmallChart(
      points: (run.metrics?.epochs ?? []).map { (Double($0.epoch), $0.testAccuracy) },
      xRange: epochs, yRange: accuracies,
      label: run.testAccuracy.map { "test accuracy by epoch, at last \(FigureText.percentage($0))" }
        ?? "no epoch")
  }

  /// The name, as a link to the run's report if there is one inside of the page's folder.
  private func link(_ name: String, _ run: RecordedRun) -> Markup {
    let report = RunPaths(directory: PathNames.absolute(run.directory)).report
    let root = PathNames.absolute(folder.isEmpty ? "." : folder) + "/"
    // By bytes: a slash and an accent after it are one Character.
    guard report.utf8.starts(with: root.utf8), FileSystems.current.holds(report),
      let path = String(Substring(report.utf8.dropFirst(root.utf8.count)))
        .addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    else { return Markup("span") { name } }
    return Markup("a", ["href": "./" + path]) { name }
  }
}
