import Pages

/// Runs as comma-separated values: one line per run, with all settings and results.
package enum RunsCSV {
  /// A column of results; empty for a run that does not have it.
  private typealias Column = (name: String, value: @Sendable (RecordedRun) -> String?)

  private static let results: [Column] = [
    ("state", { $0.state.word }),
    ("step", { $0.metrics.map { "\($0.step)" } }),
    ("epochs_done", { $0.epochCount.map { "\($0)" } }),
    ("train_loss", { $0.lastEpoch.map { "\($0.trainLoss)" } }),
    ("train_accuracy", { $0.lastEpoch.map { "\($0.trainAccuracy)" } }),
    ("validation_loss", { $0.lastEpoch?.validationLoss.map { "\($0)" } }),
    ("validation_accuracy", { $0.lastEpoch?.validationAccuracy.map { "\($0)" } }),
    ("test_loss", { $0.lastEpoch.map { "\($0.testLoss)" } }),
    ("test_accuracy", { $0.testAccuracy.map { "\($0)" } }),
    ("best_epoch", { $0.metrics?.best.map { "\($0.epoch)" } }),
    ("best_test_accuracy", { $0.bestTestAccuracy.map { "\($0)" } }),
    ("seconds", { $0.metrics?.end.map { "\($0.seconds)" } }),
    ("ended_by", { $0.metrics?.end?.endedBy.map { "\($0)" } }),
    ("weights_digest", { $0.metrics?.end?.weightsDigest }),
  ]

  /// The lines: names of the columns, then one line per run.
  ///
  /// The columns are the directory, every setting that a run has, sorted, and the results.
  ///
  /// - Parameter runs: The runs, in the order of the lines.
  /// - Returns: The lines without line breaks.
  package static func lines(_ runs: [RecordedRun]) -> [String] {
    let settings = runs.map { $0.record?.comparable ?? [:] }
    let names = Set(settings.flatMap(\.keys)).sorted()
    let heading = ["directory"] + names + results.map(\.name)
    let rows = zip(runs, settings).map { run, settings in
      [run.directory] + names.map { settings[$0] ?? "" } + results.map { $0.value(run) ?? "" }
    }
    return ([heading] + rows).map(CSVText.row)
  }
}

extension RecordedRun {
  /// The metrics of the last epoch; nil if none is done.
  fileprivate var lastEpoch: RecordedEpoch? { metrics?.epochs.last }
}
