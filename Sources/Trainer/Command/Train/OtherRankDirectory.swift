import Parallel
import Runs
import Training

/// The part that other ranks than 0 have in the run directory: they send what they hold of it.
struct OtherRankDirectory: JobDirectory {
  private let path: String
  private let checkpoints: CheckpointObserver

  /// Brings the run to the position that it has on rank 0.
  ///
  /// - Parameters:
  ///   - options: Where the directory is, and whether the run is resumed.
  ///   - run: The run, at its beginning.
  ///   - identity: The run's identity.
  /// - Throws: `TrainerError`.
  init(options: OutputOptions, run: TrainingRun, identity: RunIdentity) throws {
    path = options.output ?? ""
    if options.mode == .resume, run.communicator.any(false) { try Checkpoint.receive(run) }
    checkpoints = .ofJob(folder: nil, identity: identity, options: options)
  }

  /// nil: only rank 0 knows.
  var complete: RecordedEnd? { nil }

  /// Sends what checkpoints need, and evaluates a share for the report.
  func observers(_ end: FinalRecord) -> [any TrainingObserver] {
    [
      checkpoints,
      ReportFile(
        paths: nil,
        stop: { [stopReason] _ in .signal(name: stopReason(), resume: "") },
        warn: { Console.warning($0) }),
    ]
  }

  var stopReason: @Sendable () -> String {
    return { [checkpoints] in StoppedBySignal.name(of: checkpoints.stopSignal) }
  }

  /// Does nothing: the directory is rank 0's.
  func abandon() {}

  func stop(of run: TrainingRun) -> StoppedBySignal {
    StoppedBySignal(run, signal: checkpoints.stopSignal, directory: path)
  }
}
