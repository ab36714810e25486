import Files
import ImageData
import Runs
import Training

/// A file or directory that an option names.
struct OutputPath {
  /// The option, such as `--html`.
  let option: String
  /// The path.
  let path: String

  /// Refuses a path that cannot be meant for an output: an empty one, or a file of a run or of a
  /// data set.
  ///
  /// - Throws: `TrainerError` that names the option.
  func check() throws {
    try requireNoRun()
    try requireNoDataset()
  }

  /// Refuses the file of another option.
  ///
  /// - Parameter other: A file that is read or written.
  /// - Throws: `TrainerError` that names both options.
  func requireApart(from other: OutputPath) throws {
    if PathNames.areSame(other.path, path) {
      throw TrainerError(.usage, "\(other.option) and \(option) are the same file, \(path)")
    }
  }

  /// Refuses a file that belongs to a run directory.
  ///
  /// - Throws: `TrainerError` that names the option.
  func requireNoRun() throws {
    if let owner = RunDirectory.owner(of: path) {
      throw TrainerError(.usage, "\(option) is \(path), a file of the run in \(owner)")
    }
  }

  /// Refuses an existing file with the name of a data set's file, whether or not the command reads
  /// that data set.
  ///
  /// - Throws: `TrainerError` that names the option.
  func requireNoDataset() throws {
    let system = FileSystems.current
    // A link counts by both names, its own and its target's.
    let names = [path, PathNames.target(of: path)].map(PathNames.name)
    guard DatasetFile.allCases.contains(where: { $0.names.contains(where: names.contains) }),
      system.holds(path), !system.isFolder(path)
    else { return }
    throw TrainerError(
      .usage, "\(option) is \(path), a file of a data set, which is not replaced")
  }
}

extension [OutputPath] {
  /// Refuses outputs that would replace a file of the data set, or of another one.
  ///
  /// - Parameter location: The data set.
  /// - Throws: `TrainerError` that names the option, or `DataError`.
  func requireApart(from location: DatasetLocation) throws {
    if isEmpty { return }
    // A name that no file has yet would hide the one that was read.
    let names = DatasetFile.allCases.flatMap(\.names)
    let beside = [ClassNames.fileName, FetchRecord.fileName]
    let files = try (names + beside).map(location.path) + location.files().values
    for output in self where files.contains(where: { PathNames.areSame(output.path, $0) }) {
      throw TrainerError(
        .usage,
        "\(output.option) is \(output.path), a file of the data set in \(location.directory)")
    }
    for output in self { try output.requireNoDataset() }
  }
}
