import ArgumentParser
import Foundation
import MNISTData

/// Which data set, and where.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "mnist or fashion-mnist (default: mnist where it is found, else fashion-mnist).",
      valueName: "name"))
  var dataset: String?

  @Option(help: ArgumentHelp("A directory with the four IDX files.", valueName: "dir"))
  var data: String?

  /// Finds the data set.
  func locate() throws -> DatasetLocation {
    try DatasetLocator.locate(
      dataset: dataset, directory: data, environment: ProcessInfo.processInfo.environment)
  }
}
