import Synchronization
import Training

/// The final record of a run, created once so that all files contain the same values.
package final class FinalRecord: Sendable {
  private let jobStart: ContinuousClock.Instant
  private let secondsBefore: Double
  private let complete: RecordedEnd?
  private let made = Mutex<RecordedEnd?>(nil)

  /// Prepares the record.
  ///
  /// - Parameters:
  ///   - jobStart: When this part of the run began, loading included.
  ///   - secondsBefore: The duration of its earlier parts in seconds.
  ///   - complete: The existing record of a run that was already complete; nil for any other run.
  package init(
    jobStart: ContinuousClock.Instant, secondsBefore: Double, complete: RecordedEnd? = nil
  ) {
    self.jobStart = jobStart
    self.secondsBefore = secondsBefore
    self.complete = complete
  }

  /// The record; nil until ``record(of:after:ending:)`` was called.
  package var record: RecordedEnd? { made.withLock { $0 } }

  /// Creates the record at the first call, and returns the same one at later calls.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The metrics of its last epoch.
  ///   - ending: The reason why it ended.
  /// - Returns: The record, the same for every call.
  @discardableResult
  package func record(
    of run: TrainingRun, after last: EpochRecord, ending: RunEnding
  ) -> RecordedEnd {
    made.withLock { made in
      if let made { return made }
      let record =
        complete
        ?? RecordedEnd(
          run: run, last: last, ending: ending,
          seconds: secondsBefore + (ContinuousClock.now - jobStart) / .seconds(1),
          digest: run.digest)
      made = record
      return record
    }
  }
}

/// Creates the record at the end of the run, even if no file needs it.
extension FinalRecord: TrainingObserver {
  /// Creates the record.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    record(of: run, after: last, ending: ending)
  }
}
