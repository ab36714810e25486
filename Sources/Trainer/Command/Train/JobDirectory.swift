import Files
import Parallel
import Runs
import Training

/// A rank's part in the run directory of a job; every function is called by all ranks at once.
protocol JobDirectory {
  /// What the metrics say of the end of a run that was complete, and whose files stay as they are; nil
  /// for any other.
  var complete: RecordedEnd? { get }

  /// What takes part in the run.
  ///
  /// - Parameter end: What comes of the run.
  /// - Returns: The observers, in the order in which they are told.
  /// - Throws: `FileError` or `TrainerError` if a file cannot be opened.
  func observers(_ end: FinalRecord) throws -> [any TrainingObserver]

  /// Describes the stop of the run that its observers have been told of.
  func stop(of run: TrainingRun) -> StoppedBySignal
}

/// The part that other ranks than 0 have in the run directory: they send what they hold of it.
struct FollowedRunDirectory: JobDirectory {
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
    path = options.output ?? ""
    if options.mode == .resume, run.communicator.any(false) { try Checkpoint.receive(run) }
    checkpoints = .ofJob(folder: nil, identity: identity, options: options)
  }

  /// Rank 0 knows.
  var complete: RecordedEnd? { nil }

  /// Sends what checkpoints need, and evaluates a share for the report.
  func observers(_ end: FinalRecord) -> [any TrainingObserver] {
    [checkpoints, ReportFile(paths: nil)]
  }

  func stop(of run: TrainingRun) -> StoppedBySignal {
    StoppedBySignal(run, signal: checkpoints.stopSignal, directory: path)
  }
}

extension CheckpointObserver {
  /// Makes a job's checkpoints, and stops it when a signal has come.
  ///
  /// - Parameters:
  ///   - folder: Where checkpoints go; nil for a rank that writes none.
  ///   - identity: What the run is a function of.
  ///   - options: How often they are made.
  /// - Returns: The observer.
  static func ofJob(
    folder: CheckpointFolder?, identity: RunIdentity, options: OutputOptions
  ) -> CheckpointObserver {
    CheckpointObserver(
      folder: folder, identity: identity, interval: options.checkpointEvery,
      caughtSignal: { StopSignals.caught }, warn: { Console.warning($0) })
  }
}
