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
          FigureText.fixed(point.loss, 4), FigureText.fixed(point.smoothedLoss, 4),
          String(
            repeating: usesBlocks ? "█" : "#", count: Int((share * Double(Self.barWidth)).rounded())
          ),
        ]
      }
    ).lines()
  }

  private var ending: String { RangeTestWords(result).ending }
}

/// The result of a range test in words.
struct RangeTestWords: Sendable {
  let result: RangeTestResult

  init(_ result: RangeTestResult) {
    self.result = result
  }

  /// A sentence about the end of the test.
  var ending: String {
    let (step, rate) = (result.points.count, result.points.last?.learningRate ?? 0)
    let place = "after step \(step) of \(result.sweep.steps), at \(FigureText.significant(rate))"
    return switch result.ending {
    case .completed: "ended \(place), the last rate"
    case .lossRose:
      "ended \(place): the smoothed loss is more than \(FigureText.short(RangeTest.largestRise)) times "
        + "its minimum"
    case .diverged: "ended \(place): the next loss is not a finite number"
    }
  }

  /// The rates that follow from the losses, one per line.
  var lines: [String] {
    let minimum = result.minimum
    var lines = [
      "smallest smoothed loss  \(FigureText.fixed(minimum.smoothedLoss, 4)) at "
        + FigureText.significant(minimum.learningRate),
      "a tenth of that rate    \(FigureText.significant(result.tenthOfMinimum))",
    ]
    if let steepest = result.steepest {
      lines.append("steepest descent        \(FigureText.significant(steepest.learningRate))")
    }
    if result.ending == .completed, minimum.step == result.sweep.steps {
      lines.append("the loss still falls at the last rate: a higher one may be better")
    }
    return lines + [suggestion]
  }

  /// The suggestion, as an option of training.
  var suggestion: String {
    result.suggestion.map { "suggestion              --learning-rate \(Self.rounded($0))" }
      ?? "no suggestion: \(lack)"
  }

  /// Why there is no suggestion.
  var lack: String {
    result.points.count < 5
      ? "the test ended too early; begin with a smaller rate"
      : "the loss does not fall at any of these rates"
  }

  /// A rate with two significant digits: the test is not more precise.
  static func rounded(_ rate: Double) -> String {
    Double(FigureText.significant(rate, digits: 2)).map(\.description) ?? rate.description
  }
}
