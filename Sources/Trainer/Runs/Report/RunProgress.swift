import Model
import Training

/// The progress of a run that has not ended.
package struct RunProgress: Sendable, Equatable {
  /// The start of the part of a run that this process does.
  package struct Start: Sendable, Equatable {
    /// The number of steps done before it.
    package var step: Int
    /// The duration of the run before it, in seconds.
    package var seconds: Double

    /// Creates a start.
    ///
    /// - Parameters:
    ///   - step: The number of steps done before it.
    ///   - seconds: The duration of the run before it, in seconds.
    package init(step: Int, seconds: Double) {
      self.step = step
      self.seconds = seconds
    }
  }

  /// The number of steps done.
  package var step: Int
  /// The number of steps after which the run ends, if nothing ends it earlier.
  package var stepLimit: Int
  /// The number of epochs done.
  package var epoch: Int
  /// The number of epochs after which the run ends, if nothing ends it earlier.
  package var epochLimit: Int
  /// The duration of the run so far in seconds, over all its parts.
  package var seconds: Double
  /// The mean training loss per sample of the epoch under way, in nats; nil if it has no step yet.
  package var epochLoss: Double?
  /// The estimated seconds to the end; nil before the first step of this part.
  package var secondsLeft: Double?
  /// Whether a setting may end the run before its last step.
  package var mayEndEarlier: Bool

  /// Describes the progress of a run between two steps.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - start: The start of this part of it, from which the speed is taken. Evaluations count, so
  ///     the estimate is too small before the first one.
  package init(of run: TrainingRun, since start: Start) {
    let position = run.position
    step = position.step
    stepLimit = run.stepLimit
    epoch = position.history.count
    epochLimit = run.configuration.epochs
    seconds = position.seconds
    epochLoss =
      position.sampleCount > 0 ? position.total.loss / Double(position.sampleCount) : nil
    secondsLeft = Self.secondsLeft(
      step: step, of: stepLimit, seconds: position.seconds, since: start)
    mayEndEarlier =
      run.configuration.earlyStoppingPatience != nil || run.configuration.targetAccuracy != nil
  }

  /// The seconds that the remaining steps take at the mean speed since a start.
  ///
  /// - Parameters:
  ///   - step: The number of steps done.
  ///   - limit: The number of steps at the end.
  ///   - seconds: The duration of the run so far.
  ///   - start: The start.
  /// - Returns: The seconds; nil if no step was done since.
  static func secondsLeft(
    step: Int, of limit: Int, seconds: Double, since start: Start
  ) -> Double? {
    guard step > start.step else { return nil }
    return (seconds - start.seconds) / Double(step - start.step) * Double(limit - step)
  }
}
