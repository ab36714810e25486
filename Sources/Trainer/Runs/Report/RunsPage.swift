import Pages

/// A page that compares the runs of a folder: their curves, settings and results.
package enum RunsPage {
  /// Creates the page.
  ///
  /// - Parameters:
  ///   - table: The runs, in the order of the page.
  ///   - title: The title.
  ///   - folder: The folder that the page is written to: reports of runs inside it are linked.
  /// - Returns: The page.
  package static func make(_ table: RunTable, title: String, folder: String) -> HTMLPage {
    let curves = RunCurves(table)
    return HTMLPage(title: title) {
      Markup("header") {
        Markup("h1") { title }
        Tile.list(tiles(table))
      }
      Markup("section") {
        Markup("h2") { "Curves" }
        Markup("div", ["class": "charts"]) { curves.charts.map(\.markup) }
        if let note = curves.note { Markup("p", ["class": "note"]) { note } }
      }
      Markup("section") {
        Markup("h2") { "Runs" }
        RunRows(table, folder: folder).markup
      }
    }
  }

  private static func tiles(_ table: RunTable) -> [Tile] {
    let complete = table.runs.filter { $0.state == .complete }
    var tiles = [
      Tile(
        name: "Runs", value: FigureText.count(table.runs.count),
        note: complete.count == table.runs.count ? nil : "\(complete.count) complete")
    ]
    let best = zip(table.shownNames, table.runs).filter { $1.testAccuracy != nil }
      .max { ($0.1.testAccuracy ?? 0) < ($1.1.testAccuracy ?? 0) }
    if let (name, run) = best, let accuracy = run.testAccuracy {
      tiles.append(
        Tile(
          name: "Highest test accuracy", value: FigureText.percentage(accuracy), note: name))
    }
    let seconds = complete.compactMap { $0.metrics?.end?.seconds }.reduce(0, +)
    if seconds > 0 {
      tiles.append(
        Tile(name: "Time", value: FigureText.duration(seconds), note: "of all complete runs"))
    }
    return tiles
  }
}
