import Pages
import Training

/// A range test as text for a terminal: a curve and the rates that follow.
package struct RangeTestText: Sendable {
  private let result: RangeTestResult
  private let usesBlocks: Bool

  /// The largest number of rows of the curve, without the last.
  private static let rowLimit = 24
  private static let barWidth = 44

  /// Prepares the text.
  ///
  /// - Parameters:
  ///   - result: The test.
  ///   - usesBlocks: Whether the terminal's characters include block elements.
  package init(_ result: RangeTestResult, usesBlocks: Bool) {
    self.result = result
    self.usesBlocks = usesBlocks
  }

  /// The lines.
  package var lines: [String] {
    curve + [ending] + RangeTestWords(result).lines
  }

  /// A row for one of several steps, with a bar for the smoothed loss.
  private var curve: [String] {
    let shown = ThinnedRows(result.points, limit: Self.rowLimit).shown
    let top = shown.map(\.smoothedLoss).max() ?? 0
    return TextTable(
      columns: [
        .init("step"), .init("rate"), .init("loss"), .init("smoothed"), .init("", .left),
      ],
      rows: shown.map { point in
        let share = top > 0 ? point.smoothedLoss / top : 0
        return [
          "\(point.step)", FigureText.significant(point.learningRate),
          FigureText.loss(point.loss), FigureText.loss(point.smoothedLoss),
          String(
            repeating: usesBlocks ? "█" : "#", count: Int((share * Double(Self.barWidth)).rounded())
          ),
        ]
      }
    ).lines()
  }

  private var ending: String { RangeTestWords(result).ending }
}
