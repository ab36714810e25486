import Files
import Training

/// Writes the metrics of a run as comma-separated values: a line of column names, then one line per
/// epoch.
///
/// The columns are the keys of the epoch lines in a metrics file. A missing value is left empty.
package final class MetricsTable: TrainingObserver {
  private let file: LineFile

  private static let columns: [(name: String, value: @Sendable (EpochRecord) -> String)] = [
    ("epoch", { "\($0.epoch)" }),
    ("step", { "\($0.step)" }),
    ("train_loss", { "\($0.training.loss)" }),
    ("train_accuracy", { "\($0.training.accuracy)" }),
    ("validation_loss", { $0.validation.map { "\($0.loss)" } ?? "" }),
    ("validation_accuracy", { $0.validation.map { "\($0.accuracy)" } ?? "" }),
    ("test_loss", { "\($0.test.loss)" }),
    ("test_accuracy", { "\($0.test.accuracy)" }),
    ("train_seconds", { "\($0.trainingSeconds)" }),
    ("samples_per_second", { "\($0.samplesPerSecond)" }),
    ("learning_rate", { "\($0.learningRate)" }),
  ]

  /// Opens the file and removes its old content.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(path: String) throws {
    file = try LineFile(path: path, in: .ownDirectory)
  }

  /// Writes the column names, and one line per epoch of the earlier parts of the run.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try file.append(Self.columns.map(\.name).joined(separator: ",").utf8)
    for record in run.position.history { try write(record) }
    return .proceed
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write(epoch)
    return .proceed
  }

  /// Writes lines that could not be written before, and synchronises the file to disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.finish()
  }

  /// Writes lines that could not be written before, and synchronises the file to disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.finish()
  }

  private func write(_ record: EpochRecord) throws {
    try file.append(Self.columns.map { $0.value(record) }.joined(separator: ",").utf8)
  }
}
