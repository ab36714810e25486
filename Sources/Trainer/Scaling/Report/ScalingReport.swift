import Files
import Machine
import Model
import Pages
import Runs
import Training

/// An experiment as one self-contained HTML file with charts, tables and style.
package enum ScalingReport {
  /// Writes `scaling.html`.
  ///
  /// - Parameters:
  ///   - result: The experiment.
  ///   - path: The file; it is replaced atomically.
  /// - Throws: `FileError` if it cannot be written.
  package static func write(_ result: ScalingResult, path: String) throws {
    try page(result).write(path: path, in: .ownDirectory)
  }

  /// Renders the page.
  ///
  /// - Parameter result: The experiment.
  /// - Returns: HTML that is also well-formed XML.
  package static func render(_ result: ScalingResult) -> String {
    page(result).html
  }

  private static func page(_ result: ScalingResult) -> HTMLPage {
    let title = "Scaling of \(result.dataset.name) on \(result.machine.hostname)"
    return HTMLPage(title: title) {
      heading(result, title: title)
      findings(result.sortedFindings)
      curves(result)
      stages(result)
      if let simulation = result.shownSimulation {
        SimulationSection(
          simulation: simulation, series: result.series, mode: result.plan.mode
        ).markup
      }
      figures(result)
      Markup("div", ["class": "columns"]) {
        EntrySection(title: "Plan", entries: result.planEntries).markup
        EntrySection(title: "Environment", entries: result.environmentEntries).markup
      }
      EntrySection(title: "Digests of the model", entries: result.digestEntries).markup
    }
  }

  private static func heading(_ result: ScalingResult, title: String) -> Markup {
    let network = result.network.map { "\($0), " } ?? ""
    let machine = result.machine
    return Markup("header") {
      Markup("h1") { title }
      Markup("p") {
        "\(result.plan.mode == .strong ? "Strong" : "Weak") scaling: \(result.effort), "
          + "\(result.plan.pin.words). \(result.dataset.summary). "
          + "Network: \(network)\(FigureText.count(result.parameters)) parameters."
      }
      Markup("p") {
        "\(machine.cpu ?? machine.architecture), \(machine.isa), "
          + "\(machine.words(of: result.engine)): \(result.topology.summary)."
      }
      Tile.list(result.tiles)
      Markup("p") {
        "Command "
        Markup("code") { ShellText.command(result.command) }
      }
    }
  }

  private static func findings(_ findings: [ScalingFinding]) -> Markup {
    Markup("section") {
      Markup("h2") { "Findings" }
      if findings.isEmpty {
        Markup("p", ["class": "note"]) { "There are no findings about the machine or the figures." }
      } else {
        Markup("ul", ["class": "findings"]) {
          findings.map { finding in
            Markup("li", ["class": finding.severity.rawValue]) {
              if finding.severity == .warning { Markup("b") { "Warning: " } }
              finding.text
            }
          }
        }
      }
    }
  }

  private static func curves(_ result: ScalingResult) -> Markup {
    let charts = ScalingCharts(result)
    let note =
      "Medians of the repeats; bars are bootstrap intervals of 95 %. Points whose bars overlap "
      + "show no difference."
    let choice =
      result.series.count > charts.shownSeries.count
      ? " Charts show the first \(charts.shownSeries.count) of \(result.series.count) series;"
        + " the tables show all." : ""
    return Markup("section") {
      Markup("h2") { "Curves" }
      Markup("p", ["class": "note"]) { note + choice }
      Markup("div", ["class": "charts"]) { charts.charts.map(\.markup) }
      result.series.flatMap { series in
        series.fitSentences.map { sentence in
          Markup("p", ["class": "note"]) {
            Markup("b") { series.title(mode: result.plan.mode) + ". " }
            sentence + "."
          }
        }
      }
    }
  }

  private static func stages(_ result: ScalingResult) -> Markup {
    let parts = result.series.enumerated().map { index, series in
      StageBreakdown(
        series: series, title: series.title(mode: result.plan.mode), identifier: "stages\(index)")
    }
    let note =
      "Time per step of all workers together; means over the repeats. "
      + "Weight gradients are matrix products as in forward and backward. Each is summed over "
      + "the shards and passed to the optimizer at once, so the two are one stage."
    let optimizer = result.simulation.map { simulation in
      let time = FigureText.fixed(simulation.network.optimizerSeconds * 1e6, 0)
      return " The optimizer alone takes one thread \(time) µs per step."
    }
    return Markup("section") {
      Markup("h2") { "Time by stage" }
      Markup("p", ["class": "note"]) { note + (optimizer ?? "") }
      Markup("div", ["class": "charts"]) { parts.map(\.chart.markup) }
      Markup("details") {
        Markup("summary") { "Figures of every stage" }
        parts.map { part in Markup([Markup("h3") { part.title }, part.table.markup]) }
      }
    }
  }

  private static func figures(_ result: ScalingResult) -> Markup {
    let parts = result.series.map {
      ScalingFigures(series: $0, title: $0.title(mode: result.plan.mode))
    }
    return Markup("section") {
      Markup("h2") { "Figures" }
      Markup("p", ["class": "note"]) {
        "Medians, with 95 % intervals in brackets if there are enough repeats. The serial "
          + "fraction is that of Karp and Flatt. The FMA peak is the rate of fused multiply-adds "
          + "from registers, on the same workers at the same time; the steps' products are a share "
          + "of it."
      }
      parts.flatMap { part in
        [Markup("h3") { part.title }, part.points.markup]
          + part.explanations.map { text in Markup("p", ["class": "note"]) { text } }
      }
      Markup("details") {
        Markup("summary") { "Every measurement" }
        parts.map { part in Markup([Markup("h3") { part.title }, part.measurements.markup]) }
      }
    }
  }
}
