/// Writes each epoch's figures into a metrics file that the user has named.
public final class MetricsObserver: TrainingObserver {
  private let file: MetricsFile

  /// Creates an observer.
  ///
  /// - Parameter file: The file, with its first line written.
  public init(file: MetricsFile) {
    self.file = file
  }

  /// Writes the epoch's line; a failure ends the run.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try file.write(epoch)
    return .goOn
  }
}
