import Foundation
import ImageData
import Synchronization
import Training

/// Keeps the report of a run up to date: after epochs, within long epochs, and when the run stops
/// or ends.
///
/// Every rank of a run has one: at the end all ranks evaluate the test set together, and one of
/// them writes the report.
package final class ReportFile: TrainingObserver {
  private struct State {
    var record: RunRecord?
    var start = RunProgress.Start(step: 0, seconds: 0)
  }

  private let paths: RunPaths?
  private let stop: @Sendable (TrainingRun) -> RunStop
  private let warn: @Sendable (String) -> Void
  private let timer: UpdateTimer
  private let state = Mutex(State())

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - paths: The files of the run's directory; nil for a rank that writes none.
  ///   - stop: Returns the reason why a run stopped that did not fail.
  ///   - interval: The seconds between two updates within an epoch.
  ///   - warn: Called with a message if the first page could not be written.
  package init(
    paths: RunPaths?, stop: @escaping @Sendable (TrainingRun) -> RunStop,
    interval: Double = UpdateTimer.interval, warn: @escaping @Sendable (String) -> Void
  ) {
    self.paths = paths
    self.stop = stop
    self.warn = warn
    timer = UpdateTimer(interval: interval)
  }

  /// Writes the first page; the directory must already contain the run's record.
  ///
  /// A page that cannot be written is a warning, as later during the run.
  ///
  /// - Throws: ``TrainerError`` or ``FileError`` if the record cannot be read.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    guard let paths else { return .proceed }
    let record = try RunRecord.read(path: paths.config)
    state.withLock {
      $0.record = record
      $0.start = .init(step: run.position.step, seconds: run.position.seconds)
    }
    do {
      try writeRunning(run, epochs: run.position.history)
    } catch {
      warn("\(error); training continues")
    }
    return .proceed
  }

  /// Requests a pause if a new page is due.
  package func progressed(_ progress: EpochProgress) -> Bool {
    paths != nil && timer.needsPause(at: progress)
  }

  /// Writes a new page if one is due.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    guard paths != nil, timer.isDueWithinEpoch else { return .proceed }
    try writeRunning(run, epochs: run.position.history)
    return .proceed
  }

  /// Writes a new page, unless the last one is very young.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    guard paths != nil, timer.isDueAfterEpoch else { return .proceed }
    // An epoch that the step limit cut short is not in the history.
    let history = run.position.history
    try writeRunning(run, epochs: history.last == epoch ? history : history + [epoch])
    return .proceed
  }

  /// Writes a page that says why the run stopped.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    let stop = failure.map { RunStop.failure("\($0)") } ?? stop(run)
    try write(run, epochs: run.position.history) { .stopped($0, stop) }
  }

  /// Evaluates the test set, then writes the report from the files in the directory.
  ///
  /// The metrics must already contain the last line.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    let outcome = run.testOutcome()
    guard let paths else { return }
    try HTMLReport.write(
      RunReport.make(
        directory: paths.directory, outcome: outcome, classNames: run.dataset.classNames()),
      path: paths.report)
  }

  private func writeRunning(_ run: TrainingRun, epochs: [EpochRecord]) throws {
    let update = PageUpdate(
      time: Date.now.formatted(
        .iso8601.year().month().day().dateTimeSeparator(.space)
          .time(includingFractionalSeconds: false)) + " UTC",
      interval: Int(timer.expectedInterval.rounded(.up)))
    try timer.measure { try write(run, epochs: epochs) { .running($0, update) } }
  }

  private func write(
    _ run: TrainingRun, epochs: [EpochRecord], _ status: (RunProgress) -> RunStatus
  ) throws {
    let (record, start) = state.withLock { ($0.record, $0.start) }
    guard let paths, let record else { return }
    try HTMLReport.write(
      RunReport(
        record, directory: paths.directory, epochs: epochs.map(RecordedEpoch.init),
        status: status(RunProgress(of: run, since: start))),
      path: paths.report)
  }
}
