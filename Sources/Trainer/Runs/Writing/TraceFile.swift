import Training

/// Writes what every worker of a run did, at its end.
package struct TraceFile: TrainingObserver {
  private let path: String

  /// Creates an observer.
  ///
  /// - Parameter path: The file, a ``ChromeTrace``; it is written if the run keeps a profile.
  package init(path: String) {
    self.path = path
  }

  /// Writes the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    if let profile = run.profile { try ChromeTrace.write(profile, path: path) }
  }
}
