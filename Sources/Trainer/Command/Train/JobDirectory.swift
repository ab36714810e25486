import Files
import Parallel
import Runs
import Training

/// A rank's part in the run directory of a job; every function is called by all ranks at once.
protocol JobDirectory {
  /// The final record of a run that was already complete, and whose files stay as they are; nil
  /// for any other.
  var complete: RecordedEnd? { get }

  /// The observers of the run, which change nothing in the directory until they start.
  ///
  /// - Parameter end: The final record of the run.
  /// - Returns: The observers, in the order in which they are notified.
  /// - Throws: `FileError` or `TrainerError` if a file cannot be opened.
  func observers(_ end: FinalRecord) throws -> [any TrainingObserver]

  /// Returns the name of the signal that stopped the run, once the directory's observers have been
  /// notified of the stop.
  var stopReason: @Sendable () -> String { get }

  /// Removes what a run without a step has left in a directory that held none before.
  func abandon()

  /// Describes the stop of the run, of which its observers have been notified.
  func stop(of run: TrainingRun) -> StoppedBySignal
}

extension CheckpointObserver {
  /// Writes a job's checkpoints, and stops it after a signal.
  ///
  /// - Parameters:
  ///   - folder: Where checkpoints go; nil for a rank that writes none.
  ///   - reserve: The address space for a checkpoint.
  ///   - identity: The run's identity.
  ///   - options: How often they are written.
  /// - Returns: The observer.
  static func ofJob(
    folder: CheckpointFolder?, reserve: AddressSpaceReserve? = nil, identity: RunIdentity,
    options: OutputOptions
  ) -> CheckpointObserver {
    CheckpointObserver(
      folder: folder, reserve: reserve, identity: identity, interval: options.checkpointEvery,
      caughtSignal: { StopSignals.caught }, warn: { Console.warning($0) })
  }
}
