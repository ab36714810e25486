import Pages
import Training

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
      "ended \(place): the smoothed loss is more than \(FigureText.short(RangeTest.largestRise)) "
        + "times its minimum"
    case .diverged: "ended \(place): the next loss is not a finite number"
    }
  }

  /// The rates that follow from the losses, one per line.
  var lines: [String] {
    let minimum = result.minimum
    var lines = [
      "smallest smoothed loss  \(FigureText.loss(minimum.smoothedLoss)) at "
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
      ?? "no suggestion: \(missingReason)"
  }

  /// Why there is no suggestion.
  var missingReason: String {
    result.points.count < 5
      ? "the test ended too early; begin with a smaller rate"
      : "the loss does not fall at any of these rates"
  }

  /// A rate with two significant digits: the test is not more precise.
  static func rounded(_ rate: Double) -> String {
    Double(FigureText.significant(rate, digits: 2)).map(\.description) ?? rate.description
  }
}
