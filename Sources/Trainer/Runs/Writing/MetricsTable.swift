import Files
import Training

/// Writes a run's epochs into its directory as comma-separated values, a line each, below a line of
/// names.
///
/// The columns are the keys of the epoch lines in a metrics file; a figure that there is none of is
/// left empty.
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

  /// Opens the file, emptying an old one.
  ///
  /// - Parameter path: Where it is.
  /// - Throws: ``FileError`` if it cannot be written.
  package init(path: String) throws {
    file = try LineFile(path: path, in: .lockedDirectory)
  }

  /// Writes the names, and a line for every epoch that an earlier part of the run has done.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try file.append(Self.columns.map(\.name).joined(separator: ",").utf8)
    for record in run.position.history { try write(record) }
    return .goOn
  }

  /// Writes the epoch's line.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try write(epoch)
    return .goOn
  }

  /// Writes the lines that could not be written before, if any, and puts all on disk.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try file.finish()
  }

  /// Writes the lines that could not be written before, if any, and puts all on disk.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.finish()
  }

  private func write(_ record: EpochRecord) throws {
    try file.append(Self.columns.map { $0.value(record) }.joined(separator: ",").utf8)
  }
}
