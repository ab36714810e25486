import Files
import Training

/// The length of a measurement.
package struct MeasurementPlan: Sendable, Equatable {
  /// The end of the timed part.
  package enum Length: Sendable, Equatable {
    /// After a number of steps.
    case steps(Int)
    /// At the first step that ends after a number of seconds.
    case seconds(Double)
  }

  /// The number of steps before the clock starts.
  package var warmUpSteps: Int
  /// The length of the timed part.
  package var length: Length

  /// The number of samples after which caches, branch predictors and clock frequencies have
  /// settled.
  private static let warmUpSamples = 10_240
  private static let leastWarmUpSteps = 3
  private static let greatestSteps = 1 << 40
  private static let greatestSeconds = 86_400.0

  /// Plans a measurement.
  ///
  /// - Parameters:
  ///   - length: The length of the timed part: at least 1 step, or more than 0 seconds and at most
  ///     a day.
  ///   - warmUpSteps: The number of steps before it, at least 1; nil for the steps of 10,240
  ///     samples, at least 3.
  ///   - batchSize: The number of rows in a batch.
  /// - Throws: ``TrainerError`` that names the setting.
  package init(length: Length, warmUpSteps: Int? = nil, batchSize: Int) throws {
    self.length = length
    self.warmUpSteps = warmUpSteps ?? max(Self.leastWarmUpSteps, Self.warmUpSamples / batchSize)
    guard (1...Self.greatestSteps).contains(self.warmUpSteps) else {
      throw TrainerError(
        .usage,
        "\(setting: "warm-up") is \(self.warmUpSteps); it must be from 1 to \(Self.greatestSteps)")
    }
    switch length {
    case .steps(let steps):
      guard (1...Self.greatestSteps).contains(steps) else {
        throw TrainerError(
          .usage, "\(setting: "steps") is \(steps); it must be from 1 to \(Self.greatestSteps)")
      }
    case .seconds(let seconds):
      guard seconds > 0, seconds <= Self.greatestSeconds else {
        throw TrainerError(
          .usage,
          "\(setting: "seconds") is \(seconds); it must be above 0 and at most "
            + "\(Self.greatestSeconds)")
      }
    }
  }

  /// The step after which the model's digest is taken, the same for any number of workers.
  var digestStep: Int {
    switch length {
    case .steps(let steps): warmUpSteps + steps
    case .seconds: warmUpSteps
    }
  }
}
