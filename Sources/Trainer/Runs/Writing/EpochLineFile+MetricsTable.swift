import Files
import Training

extension EpochLineFile {
  private static let columns:
    [(key: RecordedEpoch.CodingKeys, value: @Sendable (EpochRecord) -> String)] = [
      (.epoch, { "\($0.epoch)" }),
      (.step, { "\($0.step)" }),
      (.trainLoss, { "\($0.training.loss)" }),
      (.trainAccuracy, { "\($0.training.accuracy)" }),
      (.validationLoss, { $0.validation.map { "\($0.loss)" } ?? "" }),
      (.validationAccuracy, { $0.validation.map { "\($0.accuracy)" } ?? "" }),
      (.testLoss, { "\($0.test.loss)" }),
      (.testAccuracy, { "\($0.test.accuracy)" }),
      (.trainSeconds, { "\($0.trainingSeconds)" }),
      (.samplesPerSecond, { "\($0.samplesPerSecond)" }),
      (.learningRate, { "\($0.learningRate)" }),
    ]

  /// The metrics of a run as comma-separated values: a line of column names, then one line per
  /// epoch.
  ///
  /// The columns are the keys of the epoch lines in a metrics file. A missing value is left empty.
  ///
  /// - Parameter path: The file, in the run's directory; its old content stays until the run
  ///   starts.
  /// - Returns: Its observer.
  /// - Throws: ``FileError`` if it cannot be written.
  package static func metricsTable(path: String) throws -> EpochLineFile {
    try EpochLineFile(
      path: path, in: .ownDirectory, heading: columns.map(\.key.rawValue).joined(separator: ",")
    ) { record in
      columns.map { $0.value(record) }.joined(separator: ",")
    }
  }
}
