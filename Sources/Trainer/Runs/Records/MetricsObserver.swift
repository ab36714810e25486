import Training

/// Writes each epoch's figures into a metrics file that the user has named.
package final class MetricsObserver: TrainingObserver {
  private let file: MetricsFile

  /// Creates an observer.
  ///
  /// - Parameter file: The file, with its first line written.
  package init(file: MetricsFile) {
    self.file = file
  }

  /// Writes the epoch's line; a failure ends the run.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try file.write(epoch)
    return .goOn
  }
}
