import Training

/// Writes the profile of a run's workers at its end.
package struct TraceFile: TrainingObserver {
  private let path: String

  /// Creates an observer.
  ///
  /// - Parameter path: The file, in the format of ``ChromeTrace``. It is written only if the run
  ///   records a profile.
  package init(path: String) {
    self.path = path
  }

  /// Writes the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    if let profile = run.profile { try ChromeTrace.write(profile, path: path) }
  }
}
