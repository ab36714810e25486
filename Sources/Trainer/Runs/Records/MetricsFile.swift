import Files
import Foundation
import Glibc
import Machine
import Training

/// Writes a run's figures as JSON lines, each at once.
///
/// Keys are sorted, so that equal figures are equal bytes.
package final class MetricsFile: Sendable {
  private let file: LineFile

  /// Opens the file, emptying an old one.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - location: Whose directory it is in.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(path: String, in location: AtomicFile.Location = .anywhere) throws {
    file = try LineFile(path: path, in: location)
  }

  /// Finds out whether a file could be opened for writing, without making or changing it.
  ///
  /// - Parameter path: Where it would be.
  /// - Throws: ``FileError`` if it could not.
  package static func checkWritable(path: String) throws {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError(path, .write, code: EISDIR) }
      guard access(path, W_OK) == 0 else { throw FileError(path, .write, code: errno) }
      return
    }
    guard errno == ENOENT, !path.isEmpty, !path.hasSuffix("/") else {
      throw FileError(path, .write, code: errno)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else { throw FileError(path, .write, code: errno) }
  }

  /// Writes the first line, and a line for every epoch that an earlier part of the run has done.
  ///
  /// - Parameters:
  ///   - run: The run that starts or goes on.
  ///   - machine: Where it runs.
  ///   - initialWeights: The file that it starts from, if any.
  /// - Throws: ``TrainerError`` where writing fails.
  package func writeStart(_ run: TrainingRun, machine: Machine, initialWeights: String?) throws {
    try write("start", StartRecord(run, machine: machine, initialWeights: initialWeights))
    for record in run.position.history { try write(record) }
    if run.position.step > 0 { try write("resume", ResumeRecord(step: run.position.step)) }
  }

  /// Writes an epoch's line.
  ///
  /// - Parameter record: Its figures.
  /// - Throws: ``TrainerError`` where writing fails.
  package func write(_ record: EpochRecord) throws {
    try write("epoch", RecordedEpoch(record))
  }

  /// Writes the last line of a run that was stopped to be resumed; it is on disk then.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - signal: The name of the signal that asked for it.
  /// - Throws: ``TrainerError`` where writing fails.
  package func writeStop(step: Int, signal: String) throws {
    try write("stop", StopRecord(step: step, signal: signal))
    try file.finish()
  }

  /// Writes the last line; all lines are on disk then.
  ///
  /// - Parameter record: What came of the run.
  /// - Throws: ``TrainerError`` where writing fails.
  package func writeEnd(_ record: RecordedEnd) throws {
    try write("end", record)
    try file.finish()
  }

  private func write(_ event: String, _ content: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try file.append(try encoder.encode(EventLine(event: event, content: content)))
  }
}
