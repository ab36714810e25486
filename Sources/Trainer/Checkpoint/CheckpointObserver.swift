import Synchronization

/// Makes checkpoints while a run goes on, and stops the run when a signal says so.
public final class CheckpointObserver: TrainingObserver {
  private let writer: CheckpointWriter
  private let identity: RunIdentity
  private let interval: CheckpointInterval
  private let stopIsRequested: @Sendable () -> Bool
  private let last: Mutex<(step: Int, time: ContinuousClock.Instant)>

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - writer: Takes the checkpoints.
  ///   - identity: What the run is a function of.
  ///   - interval: How often, beside each epoch's end.
  ///   - step: The run's step now.
  ///   - stopIsRequested: Whether the run is to stop; asked after each step.
  public init(
    writer: CheckpointWriter, identity: RunIdentity, interval: CheckpointInterval, step: Int,
    stopIsRequested: @escaping @Sendable () -> Bool
  ) {
    self.writer = writer
    self.identity = identity
    self.interval = interval
    self.stopIsRequested = stopIsRequested
    last = Mutex((step, .now))
  }

  /// Asks for a pause where a checkpoint is due.
  public func progressed(_ progress: EpochProgress) -> Bool {
    if stopIsRequested() { return true }
    // At the epoch's end one is made anyway.
    if progress.stepInEpoch == progress.stepsPerEpoch { return false }
    return isDue(at: progress.step)
  }

  /// Makes a checkpoint where one is due; stops where that was asked.
  public func paused(_ run: TrainingRun) throws -> RunDecision {
    let stops = stopIsRequested()
    if stops || isDue(at: run.position.step) { write(run) }
    return stops ? .stop : .goOn
  }

  /// Makes a checkpoint at an epoch's end.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    write(run)
    return stopIsRequested() ? .stop : .goOn
  }

  private func isDue(at step: Int) -> Bool {
    last.withLock { last in
      switch interval {
      case .steps(let count): step - last.step >= count
      case .seconds(let count): (ContinuousClock.now - last.time) / .seconds(1) >= count
      }
    }
  }

  private func write(_ run: TrainingRun) {
    writer.write(Checkpoint(of: run, identity: identity))
    last.withLock { $0 = (run.position.step, .now) }
  }
}
