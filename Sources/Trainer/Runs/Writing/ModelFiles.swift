import Files
import Training

/// Saves the weights that a run starts from; a run that resumes has left that behind.
package struct InitialModelFile: TrainingObserver {
  private let path: String

  /// Creates an observer.
  ///
  /// - Parameter path: The file.
  package init(path: String) {
    self.path = path
  }

  /// Writes the file; a failure ends the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    if run.position.step == 0 { try run.writeModel(path: path) }
    return .goOn
  }
}

/// Saves the model that a run ends with.
package struct FinalModelFile: TrainingObserver {
  private let path: String
  private let location: AtomicFile.Location

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - location: Whose directory it is in.
  package init(path: String, in location: AtomicFile.Location = .anywhere) {
    self.path = path
    self.location = location
  }

  /// Writes the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try run.writeModel(path: path, in: location)
  }
}
