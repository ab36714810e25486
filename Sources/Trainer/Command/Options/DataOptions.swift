import ArgumentParser
import Foundation
import ImageData

/// The data set and its directory.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "\(KnownDataset.choice), or a directory's name in $TRAINER_DATA (default: \(standard)).",
      valueName: "name"),
    completion: .list(KnownDataset.all.map(\.name)))
  var dataset: String?

  @Option(
    help: ArgumentHelp("A directory with the four IDX files.", valueName: "dir"),
    completion: .directory)
  var data: String?

  /// The data set without an option, in words.
  private static var standard: String {
    let names = KnownDataset.standard.map(\.name)
    return (["\(names[0]) if it is found"] + names.dropFirst().map { "else \($0)" })
      .joined(separator: ", ")
  }

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
