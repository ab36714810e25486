import Files
import Training

/// Writes a run's epochs into its directory as comma-separated values, a line each, below a line of
/// names.
///
/// The columns are the keys of the epoch lines in a metrics file; a figure that there is none of is
/// left empty.
package final class MetricsTable: Sendable {
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

  /// Opens the file, emptying an old one, and writes the names and the epochs that are behind.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - history: The epochs that an earlier part of the run has done.
  /// - Throws: ``TrainerError`` where it cannot be written.
  package init(path: String, history: [EpochRecord]) throws {
    file = try LineFile(path: path, in: .lockedDirectory)
    try file.append(Self.columns.map(\.name).joined(separator: ",").utf8)
    for record in history { try write(record) }
  }

  /// Writes an epoch's line.
  ///
  /// - Parameter record: Its figures.
  /// - Throws: ``TrainerError`` where writing fails.
  package func write(_ record: EpochRecord) throws {
    try file.append(Self.columns.map { $0.value(record) }.joined(separator: ",").utf8)
  }

  /// Writes the lines that could not be written before, if any, and puts all on disk.
  ///
  /// - Throws: ``TrainerError`` where writing fails again.
  package func finish() throws {
    try file.finish()
  }
}
