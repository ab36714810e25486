import Parallel
import Synchronization
import Training

/// Writes checkpoints during a run, and stops the run after a signal.
///
/// Every rank of a run has one. Rank 0 decides when a checkpoint is due and writes it; the other
/// ranks send their parts of it. A signal to any rank stops all ranks after the same step.
package final class CheckpointObserver: TrainingObserver {
  private let writer: CheckpointWriter?
  private let reserve: AddressSpaceReserve?
  private let identity: RunIdentity
  private let interval: CheckpointInterval
  private let caughtSignal: @Sendable () -> Int32?
  private let last = Mutex((step: 0, time: ContinuousClock.now))
  private let agreedSignal = Mutex<Int32>(0)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - folder: The folder for checkpoints; nil for a rank that writes none.
  ///   - reserve: The address space for a checkpoint; nil if it is not kept.
  ///   - identity: Everything that determines the run's result.
  ///   - interval: How often to write a checkpoint, besides the end of each epoch.
  ///   - caughtSignal: The signal that requested a stop; nil if none was received. Called after
  ///     each step.
  ///   - warn: Called on another thread with a message if a checkpoint could not be written.
  package init(
    folder: CheckpointFolder?, reserve: AddressSpaceReserve? = nil, identity: RunIdentity,
    interval: CheckpointInterval,
    caughtSignal: @escaping @Sendable () -> Int32?, warn: @escaping @Sendable (String) -> Void
  ) {
    writer = folder.map { CheckpointWriter(folder: $0, warn: warn) }
    self.reserve = reserve
    self.identity = identity
    self.interval = interval
    self.caughtSignal = caughtSignal
  }

  /// The signal that stopped the run, the same on every rank; 0 if none has.
  package var stopSignal: Int32 { agreedSignal.withLock { $0 } }

  /// Stops with a checkpoint if a signal was received before the first step.
  ///
  /// Removes old checkpoints that an earlier part of the run left.
  ///
  /// - Throws: What writing a checkpoint throws.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    writer?.removeOld()
    last.withLock { $0 = (run.position.step, .now) }
    let stops = run.communicator.any(stopIsRequested)
    if stops { try write(run) }
    return stops ? .stop : .proceed
  }

  /// Requests a pause if a checkpoint is due or a signal was received.
  package func progressed(_ progress: EpochProgress) -> Bool {
    // The end of the epoch writes one and stops.
    if progress.stepInEpoch == progress.stepsPerEpoch { return false }
    return stopIsRequested || isDue(at: progress.step)
  }

  /// Writes a checkpoint if one is due and the epoch goes on; stops after a signal.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    // Another observer may have asked for a pause after an epoch's last step. A run that is resumed
    // from there would report the epoch again: it is evaluated first, also after a signal.
    if run.position.stepInEpoch == run.stepsPerEpoch || run.position.step == run.stepLimit {
      return .proceed
    }
    let stops = run.communicator.any(stopIsRequested)
    let writes = stops || isDue(at: run.position.step)
    if run.communicator.any(writes) { try write(run) }
    return stops ? .stop : .proceed
  }

  /// Writes a checkpoint at the end of an epoch; stops after a signal.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write(run)
    return run.communicator.any(stopIsRequested) ? .stop : .proceed
  }

  /// Waits for the last checkpoint and agrees with the other ranks on the signal.
  ///
  /// After a failure of the run it only waits.
  ///
  /// - Throws: The error of the last checkpoint, if it could not be written.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    if failure != nil { return wait() }
    try writer?.finish()
    let signal = run.communicator.largest(Int64(caughtSignal() ?? 0))
    agreedSignal.withLock { $0 = Int32(truncatingIfNeeded: signal) }
  }

  /// Waits for the last checkpoint.
  ///
  /// - Throws: The error of the last checkpoint, if it could not be written.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try writer?.finish()
  }

  /// Waits for the checkpoint that is being written, if any.
  func wait() {
    writer?.wait()
  }

  private var stopIsRequested: Bool { caughtSignal() != nil }

  private func isDue(at step: Int) -> Bool {
    // Only rank 0 decides: the ranks' clocks differ.
    guard writer != nil else { return false }
    return last.withLock { last in
      switch interval {
      case .steps(let count): step - last.step >= count
      case .seconds(let count): (ContinuousClock.now - last.time) / .seconds(1) >= count
      }
    }
  }

  private func write(_ run: TrainingRun) throws {
    // No more than one copy of a large model is in memory.
    wait()
    reserve?.release()
    let checkpoint = try Checkpoint(of: run, identity: identity)
    writer?.write(checkpoint)
    last.withLock { $0 = (run.position.step, .now) }
  }
}
