import Files
import Foundation
import Training

/// Writes the value of an objective after each epoch, as JSON lines, for a program that may stop the
/// run early.
package final class ObjectiveFile: TrainingObserver {
  private let objective: Objective
  private let file: LineFile

  /// Opens the file and removes its old content.
  ///
  /// - Parameters:
  ///   - objective: The objective.
  ///   - path: The file.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(_ objective: Objective, path: String) throws {
    self.objective = objective
    file = try LineFile(path: path)
  }

  /// Writes one line per epoch of the earlier parts of the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    for record in run.position.history { try write(record) }
    return .proceed
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write(epoch)
    return .proceed
  }

  /// Synchronises the file to disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.finish()
  }

  /// Synchronises the file to disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.finish()
  }

  private func write(_ epoch: EpochRecord) throws {
    try file.append(ObjectiveLine(objective, after: epoch, state: .running).json)
  }
}
