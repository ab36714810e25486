import Training

/// Writes the profile of a run's workers at its end, or when a signal stops it.
package struct TraceFile: TrainingObserver {
  private let path: String

  /// Creates an observer.
  ///
  /// - Parameter path: The file, in the format of ``ChromeTrace``. It is written only if the run
  ///   records a profile.
  package init(path: String) {
    self.path = path
  }

  /// Writes what the workers have done so far; nothing after a failure of the run, or before its
  /// first step.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    if failure == nil, run.position.step > 0 { try write(run) }
  }

  /// Writes the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try write(run)
  }

  private func write(_ run: TrainingRun) throws {
    if let profile = run.profile { try ChromeTrace.write(profile, path: path) }
  }
}
