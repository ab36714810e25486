import ImageData
import Machine
import Model
import Pages
import Training

/// The result of an experiment as lines of text for a terminal, 80 columns wide.
package struct ScalingTable: Sendable {
  let result: ScalingResult
  let usesBlocks: Bool

  static let width = 80

  /// Prepares the lines of an experiment.
  ///
  /// - Parameters:
  ///   - result: The result of the experiment.
  ///   - usesBlocks: Whether the terminal shows block elements; otherwise charts are ASCII.
  package init(_ result: ScalingResult, usesBlocks: Bool) {
    self.result = result
    self.usesBlocks = usesBlocks
  }

  /// All lines: the setup; a table, a chart and the fits of every series; the findings; the
  /// predictions of the cost model.
  package var lines: [String] {
    heading + result.series.flatMap { [""] + lines(of: $0) } + findings
      + (result.shownSimulation.map { [""] + lines(of: $0) } ?? [])
  }

  static func wrapped(_ text: String, indent: Int = 2) -> [String] {
    TerminalText.wrapped(text, width: width, indent: indent)
  }

  private var heading: [String] {
    let (dataset, machine) = (result.dataset, result.machine)
    let network = result.network.map { "\($0), " } ?? ""
    return [
      "\(result.plan.mode == .strong ? "Strong" : "Weak") scaling: \(result.effort), "
        + result.plan.pin.words,
      "data: \(dataset.name), \(dataset.training) images of \(dataset.imageSize.compact); "
        + "network: \(network)\(result.parameters) parameters",
      "machine: \(machine.hostname), \(machine.cpu ?? machine.architecture), \(machine.isa), "
        + machine.words(of: result.engine),
      result.topology.summary,
    ].flatMap { Self.wrapped($0) }
  }

  private func lines(of series: ScalingSeries) -> [String] {
    let title = series.title(mode: result.plan.mode)
    let marks = series.points.indices.flatMap { series.marks(at: $0) }
    return [title] + ScalingSeriesTable(series, result: result).lines
      + PointMark.explanations(of: marks).flatMap { Self.wrapped($0, indent: 4) }
      + [""] + SpeedupBars(series, usesBlocks: usesBlocks).lines(width: Self.width)
      + series.fitSentences.flatMap { Self.wrapped($0) }
  }

  private var findings: [String] {
    let lines = result.sortedFindings.flatMap { finding in
      Self.wrapped("\(finding.severity == .warning ? "warning" : "note"): \(finding.text)")
    }
    return lines.isEmpty ? [] : [""] + lines
  }
}
