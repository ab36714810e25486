import Files
import ImageData
import Runs
import Scaling
import Training

/// A file or directory that an option names.
struct OutputPath {
  /// The option, such as `--html`.
  let option: String
  /// The path.
  let path: String

  /// Refuses a path that cannot be meant for an output: a file of a run, of an experiment or of a
  /// data set.
  ///
  /// - Throws: `TrainerError` that names the option.
  func check() throws {
    try requireNoRecord()
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

  /// Refuses a file that belongs to a run directory, and the record of an experiment.
  ///
  /// - Throws: `TrainerError` that names the option.
  func requireNoRecord() throws {
    if let owner = RunDirectory.owner(of: path) {
      throw TrainerError(.usage, "\(option) is \(path), a file of the run in \(owner)")
    }
    let target = PathNames.target(of: path)
    if PathNames.name(of: target) == ScalingResult.fileName, FileSystems.current.holds(target) {
      throw TrainerError(
        .usage, "\(option) is \(path), the record of an experiment, which is not replaced")
    }
  }

  /// Refuses a file of a data set, and a new file or folder that would count as such, whether or
  /// not the command reads that data set.
  ///
  /// - Throws: `TrainerError` that names the option.
  func requireNoDataset() throws {
    let system = FileSystems.current
    if system.isFolder(path) { return }
    let target = PathNames.target(of: path)
    // A link counts by both names, its own and its target's.
    if [path, target].contains(where: Self.isOfDataset) {
      let words =
        system.holds(path)
        ? "a file of a data set, which is not replaced"
        : "which would count as a file of the data set there"
      throw TrainerError(.usage, "\(option) is \(path), \(words)")
    }
    // Folders are made as the path names them, also one that `..` leads out of again.
    let folders = [PathNames.absolute(path), target].map(Self.firstNew)
    if let folder = folders.first(where: Self.isOfDataset) {
      throw TrainerError(
        .usage,
        "\(option) is \(path), whose folder \(PathNames.name(of: folder)) would count as a file of "
          + "the data set there")
    }
  }

  /// The part of an absolute path up to the first name that does not exist: the only new one that
  /// can have files beside it.
  private static func firstNew(on path: String) -> String {
    var part = "/"
    for name in PathText.names(in: path) {
      part = PathText.joined(part, name)
      if !FileSystems.current.holds(part) { break }
    }
    return part
  }

  /// Whether a file is, or would be, one of a data set in its folder.
  private static func isOfDataset(_ path: String) -> Bool {
    let system = FileSystems.current
    let name = PathNames.name(of: path)
    let folder = PathText.parent(of: path)
    func isThere(_ file: DatasetFile) -> Bool {
      file.names.map { PathText.joined(folder, $0) }
        .contains { system.holds($0) && !system.isFolder($0) }
    }
    // A new file would hide one that has another of its names, for example the packed one.
    if let file = DatasetFile.allCases.first(where: { $0.names.contains(name) }) {
      return isThere(file)
    }
    return [ClassNames.fileName, FetchRecord.fileName].contains(name)
      && DatasetFile.allCases.contains(where: isThere)
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
