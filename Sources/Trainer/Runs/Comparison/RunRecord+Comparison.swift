import Model
import Parallel
import Training

extension RunRecord {
  /// The names that ``comparable`` may have, sorted.
  package static let comparableNames = TrainingConfiguration.settingNames.union([
    "dataset", "threads", "pin", "blas-core", "version", "data", "init", "checkpoint-every", "keep",
  ]).sorted()

  /// Settings that never change a result.
  static let executionNames: Set = ["threads", "pin", "data", "checkpoint-every", "keep"]

  /// The settings, versions and placement of the run as texts, by name.
  ///
  /// What was not given has its default, or no value if it has none.
  var comparable: [String: String] {
    var values = settings.mapValues(\.description)
    values["dataset"] = dataset.name
    values["threads"] = "\(threads)"
    values["pin"] = (pin ?? WorkerPlacement.none).rawValue
    // The core in use, even if the option is `auto`.
    values["blas-core"] = usedBLASCore
    values["version"] = version
    return values
  }
}
