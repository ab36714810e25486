import Synchronization
import Training

/// Writes a run's figures for TensorBoard while it goes on.
package final class TensorBoardObserver: TrainingObserver {
  private let recorder: TensorBoardRecorder
  private let last = Mutex<EpochProgress?>(nil)

  /// Creates an observer.
  ///
  /// - Parameter recorder: Writes; with an interval, the run's `gradientInterval` has to be the same.
  package init(recorder: TensorBoardRecorder) {
    self.recorder = recorder
  }

  /// Asks for a pause where histograms are due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    guard recorder.isDue(step: progress.step) else { return false }
    last.withLock { $0 = progress }
    return true
  }

  /// Writes a step's figures and histograms, where they are due.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    let step = run.position.step
    // Another observer may have asked for the pause.
    guard let progress = last.withLock({ $0 }), progress.step == step else { return .goOn }
    try recorder.recordStep(
      EvaluationResult(total: progress.lastStep, sampleCount: progress.lastSampleCount),
      learningRate: progress.learningRate, step: step)
    try recorder.recordTensors(of: run.state, step: step)
    try recorder.recordGradients(of: run.state, rowCount: progress.lastSampleCount, step: step)
    return .goOn
  }

  /// Writes an epoch's figures.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try recorder.record(epoch)
    return .goOn
  }
}
