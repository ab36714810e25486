import Files
import Training

/// Saves the initial model of a run; a resumed run does not write it again.
package struct InitialModelFile: TrainingObserver {
  private let path: String

  /// Creates an observer.
  ///
  /// - Parameter path: The file.
  package init(path: String) {
    self.path = path
  }

  /// Writes the file, if no step is done.
  ///
  /// - Throws: `FileError` if it cannot be written, which ends the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    if run.position.step == 0 { try run.writeModel(path: path) }
    return .proceed
  }
}

/// Saves the final model of a run.
package struct FinalModelFile: TrainingObserver {
  private let path: String
  private let location: AtomicFile.Location

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - location: Who may change the directory that it is in.
  package init(path: String, in location: AtomicFile.Location = .anywhere) {
    self.path = path
    self.location = location
  }

  /// Writes the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try run.writeModel(path: path, in: location)
  }
}
