import Runs
import Training

/// A rank's part in the run directory of a job; every function is called by all ranks at once.
protocol JobDirectory {
  /// What the metrics say of the end of a run that was complete, and whose files stay as they are; nil
  /// for any other.
  var end: RecordedEnd? { get }

  /// What takes part in the run.
  var observers: [any TrainingObserver] { get }

  /// Ends the job with a checkpoint, if a signal has come to any rank.
  ///
  /// - Parameter run: The run, between two steps.
  /// - Throws: `StoppedBySignal`, or why no checkpoint could be written.
  func stopIfRequested(_ run: TrainingRun) throws

  /// Ends the job after a signal.
  ///
  /// - Parameter run: The run, whose checkpoint is written or on its way.
  /// - Throws: `StoppedBySignal`, or why no checkpoint could be written.
  func stop(_ run: TrainingRun) throws

  /// Waits for what is being written, before an error ends the job.
  func settle()

  /// Writes what a complete run leaves; every file is tried.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - record: What came of it.
  /// - Throws: The first failure.
  func finish(_ run: TrainingRun, record: RecordedEnd) throws
}
