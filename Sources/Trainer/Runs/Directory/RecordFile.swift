import Files
import Training

/// Begins a run in its directory: writes `config.json`, and removes the run that it replaces.
///
/// The first of the directory's observers: until it starts, nothing in the directory is changed.
/// The new record is on disk before anything is removed, and gets its name after that: at each
/// moment there is a whole record, and new settings are never beside old results.
package struct RecordFile: TrainingObserver {
  private let directory: RunDirectory
  private let record: RunRecord
  private let replacedLines: [LineFile]?

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - record: The run's record.
  ///   - replacedLines: If the run that is in the directory is removed, those of its files that
  ///     are open already; otherwise nil.
  package init(directory: RunDirectory, record: RunRecord, replacedLines: [LineFile]? = nil) {
    self.directory = directory
    self.record = record
    self.replacedLines = replacedLines
  }

  /// Removes the earlier run if there is one to replace, and writes the file.
  ///
  /// - Throws: ``FileError`` if a file cannot be removed or written.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    let paths = directory.paths
    try record.write(path: paths.config) {
      guard let replacedLines else { return }
      try directory.removeRun(except: [paths.config] + paths.appended)
      for file in replacedLines {
        try file.clear()
        try file.finish()
      }
      // Otherwise a crash of the machine could bring back old checkpoints beside the new record.
      try AtomicFile.synchronizeFolder(
        of: PathText.joined(paths.checkpoints, "any"), path: paths.checkpoints)
    }
    return .proceed
  }

  /// Checks that the file is still there, which the report is written from.
  ///
  /// - Throws: ``FileError`` if it is not.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try OwnFile.requirePresent(path: directory.paths.config)
  }
}
