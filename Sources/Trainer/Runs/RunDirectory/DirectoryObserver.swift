import Training

/// Tells the observers that write to a run directory, as long as it is in its place.
///
/// Once the directory is moved or removed, the run ends before one of them writes to what may be
/// another run's directory of the same name.
package final class DirectoryObserver: TrainingObserver {
  private let directory: RunDirectory
  private let writers: ObserverGroup

  /// Watches a directory.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - writers: Those who write to it, in the order in which they are told.
  package init(_ directory: RunDirectory, writers: [any TrainingObserver]) {
    self.directory = directory
    self.writers = ObserverGroup(observers: writers)
  }

  /// Passes the call on.
  package func progressed(_ progress: EpochProgress) -> Bool { writers.progressed(progress) }

  /// Passes the call on, if the directory is in its place.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    try directory.requireInPlace()
    return try writers.paused(run)
  }

  /// Passes the call on, if the directory is in its place.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try directory.requireInPlace()
    return try writers.finished(epoch, of: run)
  }
}
