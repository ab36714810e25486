import Training

/// Writes a run's report at its end.
///
/// Every rank of a run has one: they evaluate the test set together, and one of them writes.
package struct ReportFile: TrainingObserver {
  private let paths: RunDirectory.Paths?

  /// Creates an observer.
  ///
  /// - Parameter paths: The files of the run's directory; nil for a rank that writes none.
  package init(paths: RunDirectory.Paths?) {
    self.paths = paths
  }

  /// Evaluates, and writes the report of the directory's figures, the last line included.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    let outcome = run.testOutcome()
    guard let paths else { return }
    try HTMLReport.write(
      RunReport.make(directory: paths.directory, outcome: outcome), path: paths.report)
  }
}
