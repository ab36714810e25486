import Files
import Training

/// Begins a run in its directory: removes the run that it replaces, and writes `config.json`.
///
/// The first of the directory's observers: until it starts, nothing in the directory is changed.
package struct RecordFile: TrainingObserver {
  private let directory: RunDirectory
  private let record: RunRecord
  private let replacesRun: Bool

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - record: The run's record.
  ///   - replacesRun: Whether the run that is in the directory is removed.
  package init(directory: RunDirectory, record: RunRecord, replacesRun: Bool) {
    self.directory = directory
    self.record = record
    self.replacesRun = replacesRun
  }

  /// Removes the earlier run if there is one to replace, and writes the file.
  ///
  /// - Throws: ``FileError`` if a file cannot be removed or written.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    let paths = directory.paths
    // The observers of these files have opened them, and remove their old content themselves.
    if replacesRun { try directory.removeRun(except: paths.appended) }
    try record.write(path: paths.config)
    return .proceed
  }

  /// Checks that the file is still there, which the report is written from.
  ///
  /// - Throws: ``FileError`` if it is not.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try OwnFile.requirePresent(path: directory.paths.config)
  }
}
