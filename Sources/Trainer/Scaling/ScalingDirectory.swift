import Files
import Training

/// The directory with an experiment's files.
package enum ScalingDirectory {
  /// The name of the table of points.
  package static let tableName = "scaling.csv"
  /// The name of the page.
  package static let pageName = "scaling.html"

  private static let names = [ScalingResult.fileName, tableName, pageName]

  /// Checks before long measurements whether an experiment could be written; creates nothing that
  /// stays.
  ///
  /// - Parameters:
  ///   - path: The directory, which need not exist.
  ///   - overwrite: Whether existing files may be replaced.
  /// - Throws: ``TrainerError`` if it contains a file that may not be replaced; `FileError` if it
  ///   cannot be made, or a file in it cannot be examined or written.
  package static func check(path: String, overwrite: Bool) throws {
    try NewFolders.check(path: path)
    guard FileSystems.current.isFolder(path) else {
      // A link to nothing is taken, though nothing is there.
      let occupant = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try FileSystems.current.existing(path, followingLink: false)
      }
      guard occupant == nil else {
        throw FileError(path, .write, found: "a link to nothing", expected: "a directory")
      }
      return
    }
    let files = names.map { PathText.joined(path, $0) }
    if !overwrite { try files.forEach(requireFree) }
    for file in files { try AtomicFile.checkReplaceable(path: file, in: .ownDirectory) }
  }

  /// Throws an error if a file exists, whoever made it.
  private static func requireFree(_ file: String) throws {
    let existing = try FileError.wrapping(file, .read) { () throws(SystemError) in
      try FileSystems.current.existing(file)
    }
    guard existing != nil else { return }
    throw TrainerError(
      .usage,
      "\(file) exists: give another \(setting: "output"), or \(setting: "overwrite") "
        + "to replace it")
  }

  /// Creates the directory and its parents, and checks it as ``check(path:overwrite:)`` does.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - overwrite: Whether existing files may be replaced.
  /// - Returns: The folders that were created, to be removed if nothing is written to them.
  /// - Throws: As ``check(path:overwrite:)``. No folder is left then.
  package static func make(path: String, overwrite: Bool) throws -> NewFolders {
    let folders = try NewFolders(path: path)
    do {
      try check(path: path, overwrite: overwrite)
    } catch {
      folders.removeIfEmpty()
      throw error
    }
    return folders
  }

  /// Writes an experiment's files.
  ///
  /// - Parameters:
  ///   - result: The result of the experiment.
  ///   - path: The directory.
  /// - Throws: `FileError` if a file cannot be written.
  package static func write(_ result: ScalingResult, path: String) throws {
    try result.write(path: PathText.joined(path, ScalingResult.fileName))
    try ScalingCSV(result).write(path: PathText.joined(path, tableName))
    try ScalingReport.write(result, path: PathText.joined(path, pageName))
  }
}
