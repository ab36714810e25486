import ArgumentParser
import Training

/// The learning rates of a range test.
struct RateOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate of the first step.", valueName: "x"))
  var from = 1e-6

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The learning rate of the last step.", valueName: "x"))
  var to = 10.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of steps, \(LearningRateSweep.stepCounts.lowerBound) to "
        + "\(LearningRateSweep.stepCounts.upperBound); it may be more than one epoch.",
      valueName: "n"))
  var steps = 200

  /// The rates.
  ///
  /// - Returns: The rates.
  /// - Throws: `TrainerError` that names the option.
  func sweep() throws -> LearningRateSweep {
    try LearningRateSweep(from: from, to: to, steps: steps)
  }
}
