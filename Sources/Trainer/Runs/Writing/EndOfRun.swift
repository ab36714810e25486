import Synchronization
import Training

/// What came of a job's run: made once, so that all of its records have the same figures.
package final class EndOfRun: Sendable {
  private let jobStart: ContinuousClock.Instant
  private let secondsBefore: Double
  private let complete: RecordedEnd?
  private let made = Mutex<RecordedEnd?>(nil)

  /// Prepares the record.
  ///
  /// - Parameters:
  ///   - jobStart: When this part of the run began, loading included.
  ///   - secondsBefore: Seconds of its earlier parts.
  ///   - complete: The record of a run that was complete before; nil for any other.
  package init(
    jobStart: ContinuousClock.Instant, secondsBefore: Double, complete: RecordedEnd? = nil
  ) {
    self.jobStart = jobStart
    self.secondsBefore = secondsBefore
    self.complete = complete
  }

  /// The record; nil until the run is at its end and ``record(of:after:ending:)`` was called.
  package var record: RecordedEnd? { made.withLock { $0 } }

  /// The record; its time is that of the first call.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The figures of its last epoch.
  ///   - ending: Why it ended.
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

/// Makes the record at the run's end, also if no file asks for it.
extension EndOfRun: TrainingObserver {
  /// Makes the record.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    record(of: run, after: last, ending: ending)
  }
}
