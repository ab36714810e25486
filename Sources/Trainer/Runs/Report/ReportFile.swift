import ImageData
import Training

/// Writes a run's report at its end.
///
/// Every rank of a run has one: all ranks evaluate the test set together, and one of them writes
/// the report.
package struct ReportFile: TrainingObserver {
  private let paths: RunDirectory.Paths?

  /// Creates an observer.
  ///
  /// - Parameter paths: The files of the run's directory; nil for a rank that writes none.
  package init(paths: RunDirectory.Paths?) {
    self.paths = paths
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
}
