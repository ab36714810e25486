import Files
import Training

/// Writes a line for each epoch of a run to a text file, immediately.
package final class EpochLineFile: TrainingObserver {
  /// The file itself.
  package let file: LineFile
  private let heading: String?
  private let line: @Sendable (EpochRecord) throws -> String

  /// Opens the file; its old content stays until the run starts.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - location: Who may change the directory that it is in.
  ///   - heading: The first line; nil for none.
  ///   - line: Makes the line of an epoch, without a line feed.
  /// - Throws: ``FileError`` if it cannot be written.
  init(
    path: String, in location: AtomicFile.Location = .anywhere, heading: String? = nil,
    line: @escaping @Sendable (EpochRecord) throws -> String
  ) throws {
    file = try LineFile(path: path, in: location)
    self.heading = heading
    self.line = line
  }

  /// Removes the old content, and writes the heading and one line per epoch of the earlier parts of
  /// the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    // There may be no line yet.
    try file.clear()
    if let heading { try file.append(heading.utf8) }
    for record in run.position.history { try write(record) }
    return .proceed
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write(epoch)
    return .proceed
  }

  /// Writes lines that could not be written before, and synchronizes the file to disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.finish()
  }

  /// Writes lines that could not be written before, and synchronizes the file to disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.finish()
  }

  private func write(_ record: EpochRecord) throws {
    try file.append(line(record).utf8)
  }
}
