import Files
import Model

/// Learning rates that grow by the same factor from step to step.
package struct LearningRateSweep: Sendable, Equatable {
  /// The rate of the first step.
  package let first: Double
  /// The rate of the last step.
  package let last: Double
  /// The number of steps.
  package let steps: Int

  /// The numbers of steps that a sweep may have.
  package static let stepCounts = 20...1_000_000

  /// Creates a sweep.
  ///
  /// - Parameters:
  ///   - first: The rate of the first step.
  ///   - last: The rate of the last step.
  ///   - steps: The number of steps.
  /// - Throws: ``TrainerError`` if a rate is not a positive number that single precision can hold,
  ///   the last is not larger than the first, or the number of steps is not one of ``stepCounts``.
  package init(from first: Double, to last: Double, steps: Int) throws {
    let allowed = SettingRange<Double>.positive
    for (name, rate) in [("from", first), ("to", last)] where !allowed.contains(rate) {
      throw TrainerError(
        .usage, "\(setting: name) is \(rate); it must be \(allowed.words)")
    }
    guard last > first else {
      throw TrainerError(
        .usage,
        "\(setting: "to") is \(last); it must be larger than \(first), the value of "
          + "\(setting: "from")")
    }
    guard Self.stepCounts.contains(steps) else {
      throw TrainerError(
        .usage,
        "\(setting: "steps") is \(steps); it must be from \(Self.stepCounts.lowerBound) to "
          + "\(Self.stepCounts.upperBound)")
    }
    self.first = first
    self.last = last
    self.steps = steps
  }

  /// The rate of a step, the same bits on every machine.
  ///
  /// - Parameter step: The step, from 1; later steps than the last have its rate.
  /// - Returns: first (last / first)^((step - 1) / (steps - 1)).
  package func rate(step: Int) -> Double {
    if step <= 1 { return first }
    if step >= steps { return last }
    let share = Double(step - 1) / Double(steps - 1)
    return first * exponential(share * naturalLogarithm(last / first))
  }

  /// The number of steps in which the rate grows tenfold.
  var stepsPerDecade: Double {
    Double(steps - 1) * naturalLogarithm(10) / naturalLogarithm(last / first)
  }
}
