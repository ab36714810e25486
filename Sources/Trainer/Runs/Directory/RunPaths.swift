/// The files in a run's directory.
package struct RunPaths: Sendable {
  /// The name of the file with the run's record.
  static let configName = "config.json"
  /// The name of the file with the metrics.
  static let metricsName = "metrics.jsonl"

  /// The directory.
  package let directory: String

  /// Derives the paths from the directory.
  ///
  /// - Parameter directory: The directory.
  package init(directory: String) {
    self.directory = directory
  }

  /// Settings, versions, machine and data.
  package var config: String { directory + "/" + Self.configName }
  /// The metrics as JSON lines.
  package var metrics: String { directory + "/" + Self.metricsName }
  /// The metrics of each epoch as comma-separated values.
  package var table: String { directory + "/metrics.csv" }
  /// The model at the end of the run.
  package var model: String { directory + "/model.safetensors" }
  /// The model of the epoch with the smallest validation loss.
  package var bestModel: String { directory + "/best.safetensors" }
  /// The report, an HTML page.
  package var report: String { directory + "/report.html" }
  /// The folder of checkpoints.
  package var checkpoints: String { directory + "/checkpoints" }
  /// The file that a process locks.
  package var lock: String { directory + "/.lock" }

  /// Every file that a run writes, besides its checkpoints.
  package var outputs: [String] { [config, metrics, table, model, bestModel, report] }
  /// Those of them that grow by lines, and are open during the run.
  package var appended: [String] { [metrics, table] }
  /// Every path that a run uses, including the folder of checkpoints and the lock.
  package var reserved: [String] { outputs + [checkpoints, lock] }
}
