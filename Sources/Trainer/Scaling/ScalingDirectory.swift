import Files
import Foundation
import ImageData
import Training

/// The directory that `trainer scale --output` writes.
package enum ScalingDirectory {
  /// The points, for spreadsheets.
  package static let tableName = "scaling.csv"
  /// The page, for people.
  package static let pageName = "scaling.html"

  /// Makes the directory, and finds out before hours of measurements whether it can be written.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - overwrite: Whether an experiment in it may be replaced.
  /// - Throws: ``TrainerError`` where it has one and that may not be, or it cannot be written.
  package static func prepare(path: String, overwrite: Bool) throws {
    guard !path.isEmpty else {
      throw TrainerError(.usage, "--output is empty; it has to be a directory's name")
    }
    let result = path + "/" + ScalingResult.fileName
    if FileManager.default.fileExists(atPath: result), !overwrite {
      throw TrainerError(
        .usage, "\(result) is there already: give another --output, or --overwrite to replace it")
    }
    if let code = SystemCall.makeFolder(path) {
      throw TrainerError(
        .inputOutput, "\(path): cannot be made: \(SystemCall.text(of: code))")
    }
    for name in [ScalingResult.fileName, tableName, pageName] {
      try AtomicFile.checkReplaceable(path: path + "/" + name)
    }
  }

  /// Writes an experiment's files.
  ///
  /// - Parameters:
  ///   - result: The experiment.
  ///   - path: The directory.
  /// - Throws: `WeightsError` where one cannot be written.
  package static func write(_ result: ScalingResult, path: String) throws {
    try result.write(path: path + "/" + ScalingResult.fileName)
    try ScalingCSV(result).write(path: path + "/" + tableName)
    try ScalingReport.write(result, path: path + "/" + pageName)
  }
}
