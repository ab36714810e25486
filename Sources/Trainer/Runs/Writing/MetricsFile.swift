import Files
import Foundation
import Glibc
import Machine
import Training

/// Writes a run's figures as JSON lines, each at once.
///
/// Keys are sorted, so that equal figures are equal bytes.
package final class MetricsFile: TrainingObserver {
  private let file: LineFile
  private let machine: Machine
  private let initialWeights: String?
  private let end: EndOfRun
  private let stopReason: (@Sendable () -> String)?

  /// Opens the file, emptying an old one.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - location: Whose directory it is in.
  ///   - machine: Where the run is.
  ///   - initialWeights: The file that it starts from, if any.
  ///   - end: What comes of the run.
  ///   - stopReason: Names the signal that asked for a stop; nil for a file without a line about it.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(
    path: String, in location: AtomicFile.Location = .anywhere, machine: Machine,
    initialWeights: String?, end: EndOfRun, stopReason: (@Sendable () -> String)? = nil
  ) throws {
    file = try LineFile(path: path, in: location)
    self.machine = machine
    self.initialWeights = initialWeights
    self.end = end
    self.stopReason = stopReason
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
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try write("start", StartRecord(run, machine: machine, initialWeights: initialWeights))
    for record in run.position.history { try write("epoch", RecordedEpoch(record)) }
    if run.position.step > 0 { try write("resume", ResumeRecord(step: run.position.step)) }
    return .goOn
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write("epoch", RecordedEpoch(epoch))
    return .goOn
  }

  /// Writes the last line of a run that was stopped to be resumed; all lines are on disk then.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    guard failure == nil, let stopReason else { return }
    try write("stop", StopRecord(step: run.position.step, signal: stopReason()))
    try file.finish()
  }

  /// Writes the last line; all lines are on disk then.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try write("end", end.record(of: run, after: last, ending: ending))
    try file.finish()
  }

  private func write(_ event: String, _ content: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try file.append(try encoder.encode(EventLine(event: event, content: content)))
  }
}
