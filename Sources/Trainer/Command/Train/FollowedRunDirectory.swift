import Files
import Parallel
import Runs
import Training

/// The part that other ranks than 0 have in the run directory: they send what they hold of it.
final class FollowedRunDirectory: JobDirectory {
  private let identity: RunIdentity
  private let path: String
  private let checkpoints: CheckpointObserver

  /// Puts the run where rank 0 puts it.
  ///
  /// - Parameters:
  ///   - options: Where the directory is, and how the run goes on.
  ///   - run: The run, at its beginning.
  ///   - identity: What it is a function of.
  /// - Throws: `TrainerError`.
  init(options: OutputOptions, run: TrainingRun, identity: RunIdentity) throws {
    self.identity = identity
    path = options.output ?? ""
    if options.mode == .resume, run.communicator.any(false) { try Checkpoint.receive(run) }
    checkpoints = CheckpointObserver(
      writer: nil, identity: identity, interval: options.checkpointEvery, step: run.position.step,
      stopIsRequested: { StopSignals.caught != nil })
  }

  /// Rank 0 knows.
  var end: RecordedEnd? { nil }

  /// Sends what checkpoints need.
  var observers: [any TrainingObserver] { [checkpoints] }

  /// Sends a checkpoint, if a signal has come to any rank.
  func stopIfRequested(_ run: TrainingRun) throws {
    guard run.communicator.any(StopSignals.caught != nil) else { return }
    _ = Checkpoint(of: run, identity: identity)
    try stop(run)
  }

  /// Ends with rank 0.
  func stop(_ run: TrainingRun) throws {
    throw StoppedBySignal(run, directory: path)
  }

  /// Writes nothing.
  func settle() {}

  /// Evaluates its share for the report.
  func finish(_ run: TrainingRun, record: RecordedEnd) throws {
    _ = run.testOutcome()
  }
}
