import Parallel
import Synchronization
import Training

/// Makes checkpoints while a run goes on, and stops the run when a signal says so.
///
/// Every rank of a run has one. Rank 0 says when a checkpoint is due and writes it, the others send
/// what they hold of it; a signal to any of them stops all after the same step.
package final class CheckpointObserver: TrainingObserver {
  private let writer: CheckpointWriter?
  private let identity: RunIdentity
  private let interval: CheckpointInterval
  private let stopIsRequested: @Sendable () -> Bool
  private let last: Mutex<(step: Int, time: ContinuousClock.Instant)>

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - writer: Takes the checkpoints; nil on other ranks than 0.
  ///   - identity: What the run is a function of.
  ///   - interval: How often, beside each epoch's end.
  ///   - step: The run's step now.
  ///   - stopIsRequested: Whether the run is to stop; asked after each step.
  package init(
    writer: CheckpointWriter?, identity: RunIdentity, interval: CheckpointInterval, step: Int,
    stopIsRequested: @escaping @Sendable () -> Bool
  ) {
    self.writer = writer
    self.identity = identity
    self.interval = interval
    self.stopIsRequested = stopIsRequested
    last = Mutex((step, .now))
  }

  /// Asks for a pause where a checkpoint is due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    if stopIsRequested() { return true }
    // At the epoch's end one is made anyway.
    if progress.stepInEpoch == progress.stepsPerEpoch { return false }
    return isDue(at: progress.step)
  }

  /// Makes a checkpoint where one is due; stops where that was asked.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    let stops = run.communicator.any(stopIsRequested())
    if run.communicator.any(stops || isDue(at: run.position.step)) { write(run) }
    return stops ? .stop : .goOn
  }

  /// Makes a checkpoint at an epoch's end.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    write(run)
    return run.communicator.any(stopIsRequested()) ? .stop : .goOn
  }

  private func isDue(at step: Int) -> Bool {
    // Other ranks follow: their clocks are not rank 0's.
    guard writer != nil else { return false }
    return last.withLock { last in
      switch interval {
      case .steps(let count): step - last.step >= count
      case .seconds(let count): (ContinuousClock.now - last.time) / .seconds(1) >= count
      }
    }
  }

  private func write(_ run: TrainingRun) {
    let checkpoint = Checkpoint(of: run, identity: identity)
    writer?.write(checkpoint)
    last.withLock { $0 = (run.position.step, .now) }
  }
}
