import ArgumentParser
import Files
import Scaling
import Training

/// The options for the length of a measurement.
struct LengthOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds to measure (default: 1).", valueName: "s"))
  var seconds: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Steps to measure, instead of --seconds.", valueName: "n"))
  var steps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Steps before the clock starts (default: those of 10,240 samples, at least 3).",
      valueName: "n"))
  var warmUp: Int?

  /// The length of the timed part.
  ///
  /// - Throws: `TrainerError` if both lengths are given.
  var length: MeasurementPlan.Length {
    get throws {
      if let seconds, let steps {
        throw TrainerError(
          .usage, "--seconds \(seconds) and --steps \(steps) exclude each other: give only one")
      }
      return steps.map { .steps($0) } ?? .seconds(seconds ?? 1)
    }
  }

  /// The length of the whole measurement.
  ///
  /// - Parameter batchSize: The number of rows in a batch.
  /// - Returns: The plan.
  /// - Throws: `TrainerError` for invalid values.
  func plan(batchSize: Int) throws -> MeasurementPlan {
    try MeasurementPlan(length: length, warmUpSteps: warmUp, batchSize: batchSize)
  }

  /// The options as command-line arguments.
  var arguments: [String] {
    [
      ("seconds", seconds.map { "\($0)" }), ("steps", steps.map(String.init)),
      ("warm-up", warmUp.map(String.init)),
    ]
    .compactMap { name, value in value.map { "--\(name)=\($0)" } }
  }
}
