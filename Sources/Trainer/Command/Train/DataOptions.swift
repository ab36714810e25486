import ArgumentParser
import Foundation
import ImageData

/// The data set and its directory.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "mnist or fashion-mnist, or a directory's name in $TRAINER_DATA (default: mnist if it is "
        + "found, else fashion-mnist).",
      valueName: "name"),
    completion: .list(KnownDataset.all.map(\.name)))
  var dataset: String?

  @Option(
    help: ArgumentHelp("A directory with the four IDX files.", valueName: "dir"),
    completion: .directory)
  var data: String?

  /// Finds the data set.
  func locate() throws -> DatasetLocation {
    try Self.locate(dataset: dataset, data: data)
  }

  /// Finds a data set.
  static func locate(dataset: String?, data: String?) throws -> DatasetLocation {
    try DatasetLocator.locate(
      dataset: dataset, directory: data, environment: ProcessInfo.processInfo.environment,
      note: tellOfUnreadable)
  }

  /// Warns of a place that could not be searched for data.
  static func tellOfUnreadable(_ error: DataError) {
    Console.warning("\(error); looking elsewhere")
  }
}
