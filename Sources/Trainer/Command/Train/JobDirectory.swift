import Files
import Parallel
import Runs
import Training

/// A rank's part in the run directory of a job; every function is called by all ranks at once.
protocol JobDirectory {
  /// The final record of a run that was already complete, and whose files stay as they are; nil
  /// for any other.
  var complete: RecordedEnd? { get }

  /// The observers of the run.
  ///
  /// - Parameter end: The final record of the run.
  /// - Returns: The observers, in the order in which they are notified.
  /// - Throws: `FileError` or `TrainerError` if a file cannot be opened.
  func observers(_ end: FinalRecord) throws -> [any TrainingObserver]

  /// Describes the stop of the run, of which its observers have been notified.
  func stop(of run: TrainingRun) -> StoppedBySignal
}

/// The part that other ranks than 0 have in the run directory: they send what they hold of it.
struct FollowedRunDirectory: JobDirectory {
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
        stop: { [checkpoints] _ in
          .signal(name: StoppedBySignal.name(of: checkpoints.stopSignal), resume: "")
        }, warn: { Console.warning($0) }),
    ]
  }

  func stop(of run: TrainingRun) -> StoppedBySignal {
    StoppedBySignal(run, signal: checkpoints.stopSignal, directory: path)
  }
}

extension CheckpointObserver {
  /// Writes a job's checkpoints, and stops it after a signal.
  ///
  /// - Parameters:
  ///   - folder: Where checkpoints go; nil for a rank that writes none.
  ///   - identity: The run's identity.
  ///   - options: How often they are written.
  /// - Returns: The observer.
  static func ofJob(
    folder: CheckpointFolder?, identity: RunIdentity, options: OutputOptions
  ) -> CheckpointObserver {
    CheckpointObserver(
      folder: folder, identity: identity, interval: options.checkpointEvery,
      caughtSignal: { StopSignals.caught }, warn: { Console.warning($0) })
  }
}
