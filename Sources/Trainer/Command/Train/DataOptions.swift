import ArgumentParser
import Foundation
import ImageData

/// Which data set, and where.
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

  /// Whether a data set was asked for.
  var isGiven: Bool { dataset != nil || data != nil }

  /// Finds the data set.
  func locate() throws -> DatasetLocation {
    try DatasetLocator.locate(
      dataset: dataset, directory: data, environment: ProcessInfo.processInfo.environment,
      note: Self.tellOfUnreadable)
  }

  /// Tells of a place that could not be searched for data.
  static func tellOfUnreadable(_ error: DataError) {
    Console.warning("\(error); looking elsewhere")
  }
}
