import Pages
import Parallel

/// A bar chart of a series' speedup as text, with marks at the ideal speedup.
struct SpeedupBars: Sendable {
  private let series: ScalingSeries
  private let usesBlocks: Bool

  init(_ series: ScalingSeries, usesBlocks: Bool) {
    self.series = series
    self.usesBlocks = usesBlocks
  }

  /// From one eighth of a character cell to a whole cell.
  private static let blocks: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

  private var idealSign: Character { usesBlocks ? "│" : "|" }
  private var beyondSign: Character { usesBlocks ? "→" : ">" }

  /// A heading, and one bar per point.
  ///
  /// - Parameter width: The number of columns of the terminal.
  /// - Returns: Lines of at most `width` characters.
  func lines(width: Int) -> [String] {
    let first = series.points[0].configuration.workers
    let ideals = series.points.map { Double($0.configuration.workers) / Double(first) }
    let speedups = series.points.map(\.speedup.median)
    // If the ideal is far away, the bars would be too short to compare.
    let top = min(ideals.max() ?? 1, 2 * (speedups.max() ?? 1))
    let labels = series.points.map { "\($0.configuration.workers)" }
    let labelWidth = labels.map(\.count).max() ?? 0
    let figures = speedups.map { FigureText.fixed($0, 2) }
    let figureWidth = figures.map(\.count).max() ?? 0
    let cells = max(8, width - labelWidth - figureWidth - 5)
    let isCut = ideals.contains { $0 > top }
    let heading =
      "speedup over \(counted(first, "worker")); \(idealSign) ideal"
      + (isCut ? ", \(beyondSign) ideal beyond the chart" : "")
    return [heading]
      + series.points.indices.map { index in
        let pad = String(repeating: " ", count: labelWidth - labels[index].count)
        let gap = String(repeating: " ", count: figureWidth - figures[index].count)
        return pad + labels[index] + "  "
          + bar(speedups[index] / top, ideal: ideals[index] / top, cells: cells)
          + "  " + gap + figures[index]
      }
  }

  /// A bar with one more cell, for the mark of an ideal at its end.
  private func bar(_ length: Double, ideal: Double, cells count: Int) -> String {
    var cells = [Character](repeating: " ", count: count + 1)
    let size = min(max(length, 0), 1) * Double(count)
    let eighths = usesBlocks ? Int((size * 8).rounded()) : Int(size.rounded()) * 8
    for cell in 0..<(eighths / 8) { cells[cell] = usesBlocks ? "█" : "#" }
    if !eighths.isMultiple(of: 8) { cells[eighths / 8] = Self.blocks[eighths % 8 - 1] }
    if ideal > 1 {
      cells[count] = beyondSign
    } else {
      cells[Int((ideal * Double(count)).rounded())] = idealSign
    }
    return String(cells)
  }
}
