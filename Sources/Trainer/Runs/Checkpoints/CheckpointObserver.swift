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
  private let caughtSignal: @Sendable () -> Int32?
  private let last = Mutex((step: 0, time: ContinuousClock.now))
  private let agreedSignal = Mutex<Int32>(0)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - folder: Where checkpoints go; nil for a rank that writes none.
  ///   - identity: What the run is a function of.
  ///   - interval: How often, besides each epoch's end.
  ///   - caughtSignal: The signal that asks for a stop, once one has come; asked after each step.
  ///   - warn: Is told, on another thread, of a checkpoint that could not be written.
  package init(
    folder: CheckpointFolder?, identity: RunIdentity, interval: CheckpointInterval,
    caughtSignal: @escaping @Sendable () -> Int32?, warn: @escaping @Sendable (String) -> Void
  ) {
    writer = folder.map { CheckpointWriter(folder: $0, warn: warn) }
    self.identity = identity
    self.interval = interval
    self.caughtSignal = caughtSignal
  }

  /// The signal that has stopped the run, the same on every rank; 0 before a stop.
  package var stopSignal: Int32 { agreedSignal.withLock { $0 } }

  /// Stops with a checkpoint if a signal has come before the first step.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    last.withLock { $0 = (run.position.step, .now) }
    let stops = run.communicator.any(stopIsRequested)
    if stops { write(run) }
    return stops ? .stop : .goOn
  }

  /// Asks for a pause where a checkpoint is due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    if stopIsRequested { return true }
    // At the epoch's end one is made anyway.
    if progress.stepInEpoch == progress.stepsPerEpoch { return false }
    return isDue(at: progress.step)
  }

  /// Makes a checkpoint where one is due; stops where that was asked.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    let stops = run.communicator.any(stopIsRequested)
    if run.communicator.any(stops || isDue(at: run.position.step)) { write(run) }
    return stops ? .stop : .goOn
  }

  /// Makes a checkpoint at an epoch's end.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    write(run)
    return run.communicator.any(stopIsRequested) ? .stop : .goOn
  }

  /// Waits for the last checkpoint and agrees with the other ranks on the signal.
  ///
  /// It fails if the checkpoint could not be written. After another failure it only waits.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    if failure != nil { return wait() }
    try writer?.finish()
    let signal = run.communicator.largest(Int64(caughtSignal() ?? 0))
    agreedSignal.withLock { $0 = Int32(truncatingIfNeeded: signal) }
  }

  /// Waits for the last checkpoint; fails if it could not be written.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try writer?.finish()
  }

  /// Waits for the checkpoint that is being written, if any.
  func wait() {
    writer?.wait()
  }

  private var stopIsRequested: Bool { caughtSignal() != nil }

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
