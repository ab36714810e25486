import Model
import Synchronization

/// A learning-rate range test: training with a rate that grows from step to step, to find the rates
/// at which the loss falls.
///
/// Sources: Smith, "Cyclical Learning Rates for Training Neural Networks", 2017, section 3.3; the
/// geometric growth, the smoothing and the stop are those of fastai's `lr_find`.
package struct RangeTest: Sendable {
  /// The test ends when the smoothed loss exceeds its minimum by this factor.
  package static let largestRise = 4.0

  /// The rates.
  package let sweep: LearningRateSweep

  /// Creates a test.
  ///
  /// - Parameter sweep: The rates.
  package init(_ sweep: LearningRateSweep) {
    self.sweep = sweep
  }

  /// Settings of a run for the test: those given, without what would end the run before the test.
  ///
  /// - Parameter configuration: The settings.
  /// - Returns: The settings of the run.
  package static func configuration(_ configuration: TrainingConfiguration) -> TrainingConfiguration
  {
    var result = configuration
    // As many epochs as the steps need.
    result.epochs = Int(Int32.max)
    result.stepLimit = nil
    result.earlyStoppingPatience = nil
    result.targetAccuracy = nil
    return result
  }

  /// Trains a run until the test ends.
  ///
  /// - Parameters:
  ///   - run: A run at its start, with the settings of ``configuration(_:)``. It is trained by
  ///     this.
  ///   - observers: Further observers of the run.
  /// - Returns: The losses. They are the same bits for any number of threads.
  /// - Throws: The error of an observer; ``TrainerError`` if not even the first loss is a finite
  ///   number.
  package func callAsFunction(
    _ run: TrainingRun, observers: [any TrainingObserver] = []
  ) throws -> RangeTestResult {
    run.learningRateSweep = sweep
    let recorder = Recorder(sweep)
    do {
      try run.train(observers: [recorder] + observers)
    } catch {
      // A step whose loss is not finite is counted, but not reported to observers.
      let points = recorder.points
      guard !points.isEmpty, run.position.step > points.count else { throw error }
      return RangeTestResult(sweep, points, ending: .diverged)
    }
    let points = recorder.points
    return RangeTestResult(
      sweep, points, ending: points.count == sweep.steps ? .completed : .lossRose)
  }
}

/// Records the losses of a range test, and stops the run at its end.
private final class Recorder: TrainingObserver {
  private struct State {
    var smoothed = SmoothedLoss()
    var minimum = Double.infinity
    var points: [RangeTestResult.Point] = []
    var hasEnded = false
  }

  private let sweep: LearningRateSweep
  private let state = Mutex(State())

  init(_ sweep: LearningRateSweep) {
    self.sweep = sweep
  }

  var points: [RangeTestResult.Point] { state.withLock { $0.points } }

  func progressed(_ progress: EpochProgress) -> Bool {
    let loss = progress.lastStep.loss / Double(progress.lastSampleCount)
    return state.withLock { state in
      let smoothed = state.smoothed.add(loss)
      state.points.append(
        .init(
          step: progress.step, learningRate: progress.learningRate, loss: loss,
          smoothedLoss: smoothed))
      state.minimum = min(state.minimum, smoothed)
      state.hasEnded =
        progress.step == sweep.steps || smoothed > RangeTest.largestRise * state.minimum
      return state.hasEnded
    }
  }

  func paused(_ run: TrainingRun) throws -> RunDecision {
    state.withLock { $0.hasEnded } ? .stop : .proceed
  }
}
