import Files
import Pages
import Training

/// A page with the curve of a range test.
package struct RangeTestPage: Sendable {
  private let result: RangeTestResult
  private let summary: String

  /// Creates a page.
  ///
  /// - Parameters:
  ///   - result: The test.
  ///   - summary: What was trained, in a sentence.
  package init(_ result: RangeTestResult, summary: String) {
    self.result = result
    self.summary = summary
  }

  /// The page as HTML.
  package var html: String { page.html }

  /// Writes the page.
  ///
  /// - Parameter path: The file, replaced atomically.
  /// - Throws: ``FileError`` if it cannot be written.
  package func write(path: String) throws { try page.write(path: path) }

  private var words: RangeTestWords { RangeTestWords(result) }

  private var page: HTMLPage {
    HTMLPage(title: "Learning-rate range test") {
      Markup("h1") { "Learning-rate range test" }
      Markup("p") { summary }
      Tile.list(tiles)
      Markup("div", ["class": "charts"]) { chart.markup }
      Markup("p", ["class": "note"]) {
        "The test \(words.ending). Losses of batches above the greatest smoothed loss are not "
          + "drawn. The slope of the steepest descent is taken from the losses of the batches, "
          + "without the delay of the smoothed curve."
      }
      losses
    }
  }

  /// The losses of the steps as a table, collapsed.
  private var losses: Markup {
    let rows = ThinnedRows(result.points)
    return Markup("details") {
      Markup("summary") { rows.title("Losses of", "step") }
      FigureTable(
        label: "Losses", columns: ["step", "learning rate", "loss", "smoothed loss"],
        rows: rows.shown.map {
          [
            "\($0.step)", FigureText.significant($0.learningRate), FigureText.loss($0.loss),
            FigureText.loss($0.smoothedLoss),
          ]
        }
      ).markup
    }
  }

  private var tiles: [Tile] {
    let suggestion = Tile(
      name: "Suggested learning rate",
      value: result.suggestion.map(RangeTestWords.rounded) ?? "–",
      note: result.suggestion == nil ? words.missingReason : "a tenth of the minimum's rate")
    return [
      suggestion,
      Tile(
        name: "Steepest descent",
        value: result.steepest.map { FigureText.significant($0.learningRate) } ?? "–"),
      Tile(
        name: "Smallest smoothed loss", value: FigureText.loss(result.minimum.smoothedLoss),
        note: "at \(FigureText.significant(result.minimum.learningRate))"),
      Tile(
        name: "Steps", value: FigureText.count(result.points.count),
        note: "of \(FigureText.count(result.sweep.steps))"),
    ]
  }

  private var chart: LineChart {
    let top = result.points.map(\.smoothedLoss).max() ?? 0
    func line(
      _ style: LineStyle, _ name: String, _ points: [RangeTestResult.Point],
      _ value: (RangeTestResult.Point) -> Double
    ) -> LineChart.Line {
      LineChart.Line(
        style: style, name: name,
        points: points.map { .init(x: $0.learningRate, y: value($0)) })
    }
    var lines = [
      line(.training, "batch", result.points.filter { $0.loss <= top }, \.loss),
      line(.test, "smoothed", result.points, \.smoothedLoss),
    ]
    if let steepest = result.steepest {
      lines.append(line(.validation, "steepest descent", [steepest], \.smoothedLoss))
    }
    return LineChart(
      identifier: "loss", title: "Training loss, mean per sample", lines: lines,
      bounds: .aboveZero, axis: .learningRates, text: { FigureText.loss($0) })
  }
}
