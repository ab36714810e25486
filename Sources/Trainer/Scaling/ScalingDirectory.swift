import Files
import Training

/// The directory with an experiment's files.
package enum ScalingDirectory {
  /// The name of the table of points.
  package static let tableName = "scaling.csv"
  /// The name of the page.
  package static let pageName = "scaling.html"

  /// Creates the directory, and checks before long measurements whether it can be written.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - overwrite: Whether an existing experiment may be replaced.
  /// - Throws: ``TrainerError`` if it contains an experiment that may not be replaced, or cannot be
  ///   made; `FileError` if a file in it cannot be examined or written.
  package static func prepare(path: String, overwrite: Bool) throws {
    guard !path.isEmpty else {
      throw TrainerError(.usage, "\(setting: "output") is empty; it must be a directory's name")
    }
    do throws(SystemError) {
      try FileSystems.current.makeFolders(path)
    } catch {
      throw TrainerError(.inputOutput, "\(path): cannot be made: \(error)")
    }
    let result = path + "/" + ScalingResult.fileName
    let existing = try FileError.wrapping(result, .read) { () throws(SystemError) in
      try FileSystems.current.existing(result)
    }
    if existing != nil, !overwrite {
      throw TrainerError(
        .usage,
        "\(result) exists: give another \(setting: "output"), or \(setting: "overwrite") "
          + "to replace it")
    }
    for name in [ScalingResult.fileName, tableName, pageName] {
      try AtomicFile.checkReplaceable(path: path + "/" + name, in: .ownDirectory)
    }
  }

  /// Writes an experiment's files.
  ///
  /// - Parameters:
  ///   - result: The result of the experiment.
  ///   - path: The directory.
  /// - Throws: `FileError` if a file cannot be written.
  package static func write(_ result: ScalingResult, path: String) throws {
    try result.write(path: path + "/" + ScalingResult.fileName)
    try ScalingCSV(result).write(path: path + "/" + tableName)
    try ScalingReport.write(result, path: path + "/" + pageName)
  }
}
