/// The losses of a range test, and the learning rates that follow from them.
package struct RangeTestResult: Sendable, Equatable {
  /// A step of the test.
  package struct Point: Sendable, Equatable, Codable {
    /// The step, from 1.
    package let step: Int
    /// Its learning rate.
    package let learningRate: Double
    /// The mean loss per sample of the step, before its update.
    package let loss: Double
    /// The smoothed loss.
    package let smoothedLoss: Double
  }

  /// The reason why a test ended.
  package enum Ending: String, Sendable, Codable {
    /// The last rate was reached.
    case completed
    /// The smoothed loss rose by ``RangeTest/largestRise`` over its minimum.
    case lossRose = "loss-rose"
    /// A loss was not a finite number.
    case diverged
  }

  /// The rates that were planned.
  package let sweep: LearningRateSweep
  /// The steps that were done, at least one.
  package let points: [Point]
  /// The reason why the test ended.
  package let ending: Ending

  /// Creates a result.
  ///
  /// - Parameters:
  ///   - sweep: The rates that were planned.
  ///   - points: The steps that were done, at least one.
  ///   - ending: The reason why the test ended.
  init(_ sweep: LearningRateSweep, _ points: [Point], ending: Ending) {
    self.sweep = sweep
    self.points = points
    self.ending = ending
  }

  /// The step with the smallest smoothed loss; of equal ones the first.
  package var minimum: Point {
    points.reduce(points[0]) { $1.smoothedLoss < $0.smoothedLoss ? $1 : $0 }
  }

  /// A tenth of the rate with the smallest smoothed loss.
  package var tenthOfMinimum: Double { minimum.learningRate / 10 }

  /// The step before the minimum at which the loss falls most for each factor of the rate; nil if
  /// it never falls, or there are fewer than five steps.
  ///
  /// The slope is that of the least-squares line through the losses of the batches, in half a
  /// decade of rates around the step.
  package var steepest: Point? {
    // A short test, or one that ended early, has fewer steps than half a decade.
    let half = min(max(2, Int((sweep.stepsPerDecade / 4).rounded())), (points.count - 1) / 2)
    guard half >= 2 else { return nil }
    let last = min(minimum.step - 1, points.count - 1 - half)
    guard half <= last else { return nil }
    let slopes = (half...last).map { (index: $0, slope: slope(around: $0, half: half)) }
    let steepest = slopes.min { $0.slope < $1.slope }
    return steepest.flatMap { $0.slope < 0 ? points[$0.index] : nil }
  }

  /// The slope of the least-squares line through `2 half + 1` losses, for each step.
  private func slope(around index: Int, half: Int) -> Double {
    var (sum, squares) = (0.0, 0.0)
    for offset in -half...half {
      sum += Double(offset) * points[index + offset].loss
      squares += Double(offset * offset)
    }
    return sum / squares
  }

  /// The suggested learning rate, ``tenthOfMinimum``; nil if there is no ``steepest`` descent.
  package var suggestion: Double? { steepest == nil ? nil : tenthOfMinimum }
}
