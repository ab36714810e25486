import Files
import Foundation
import Machine
import Training

/// Writes a run's metrics as JSON lines, each immediately.
///
/// Keys are sorted, so that equal values give equal bytes.
package final class MetricsFile: TrainingObserver {
  /// The file itself.
  package let file: LineFile
  private let machine: Machine
  private let initialWeights: String?
  private let end: FinalRecord
  private let stopReason: (@Sendable () -> String)?

  /// Opens the file; its old content stays until the run starts.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - location: Who may change the directory that it is in.
  ///   - machine: The machine that the run is on.
  ///   - initialWeights: The file of the initial weights; nil if there is none.
  ///   - end: The final record of the run.
  ///   - stopReason: Returns the name of the signal that stopped the run; nil for a run that no
  ///     signal stops.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(
    path: String, in location: AtomicFile.Location = .anywhere, machine: Machine,
    initialWeights: String?, end: FinalRecord, stopReason: (@Sendable () -> String)? = nil
  ) throws {
    file = try LineFile(path: path, in: location)
    self.machine = machine
    self.initialWeights = initialWeights
    self.end = end
    self.stopReason = stopReason
  }

  /// Removes the old content, and writes the first line and one line per epoch of the earlier parts
  /// of the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try write("start", StartRecord(run, machine: machine, initialWeights: initialWeights))
    for record in run.position.history { try write("epoch", RecordedEpoch(record)) }
    if run.position.step > 0 { try write("resume", ResumeRecord(step: run.position.step)) }
    return .proceed
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write("epoch", RecordedEpoch(epoch))
    return .proceed
  }

  /// Writes the last line of a stopped run, unless it failed, and synchronizes the file to disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    if failure == nil, let stopReason {
      try write("stop", StopRecord(step: run.position.step, signal: stopReason()))
    }
    try file.finish()
  }

  /// Writes the last line and synchronizes the file to disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try write("end", end.record(of: run, after: last, ending: ending))
    try file.finish()
  }

  private func write(_ event: String, _ content: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(EventLine(event: event, content: content))
    try file.append(String(decoding: line, as: UTF8.self).printableJSON.utf8)
  }
}
