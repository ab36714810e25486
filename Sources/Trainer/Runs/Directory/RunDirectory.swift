import Files
import Glibc
import ImageData
import Training

/// A directory with all files of a run, locked by this process.
///
/// Other users may be able to write to it, so no file is written through a symbolic link.
package struct RunDirectory: Sendable {
  /// The use of a directory.
  package enum Mode: Sendable {
    /// Start a new run; refuse a directory that already contains one.
    case new
    /// Resume the run in the directory, from its start if it has no checkpoint.
    case resume
    /// Start a new run; remove the one in the directory.
    case overwrite
  }

  /// The files in the directory.
  package let paths: RunPaths
  private let lock: DirectoryLock

  /// Checks whether a directory can be used, without changing it.
  ///
  /// - Parameters:
  ///   - path: The directory, which need not exist.
  ///   - mode: How it is to be used.
  /// - Throws: ``TrainerError`` if it contains a run and the mode is `new`, or weights of another
  ///   program; ``FileError`` if it cannot be read or written.
  package static func check(path: String, mode: Mode) throws {
    let paths = RunPaths(directory: path)
    let system = FileSystems.current
    // A name that leads through a file is an output that cannot be written, not an input that is
    // missing.
    let found = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.existing(path)
    }
    guard let found else {
      guard !path.isEmpty else { throw FileError(path, .write, code: ENOENT) }
      let link = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try system.existing(path, followingLink: false)
      }
      guard link == nil else {
        throw TrainerError(
          .inputOutput, "\(path): cannot be created: it is a symbolic link that leads nowhere")
      }
      return try checkParent(of: path)
    }
    guard found.kind == .folder else { throw FileError(path, .write, code: ENOTDIR) }
    let holdsRun = try holdsRun(paths)
    // A mistyped path must not remove another program's models. A damaged record does not keep a
    // run from being replaced, nor does a missing one if no weights are lost.
    if try holdsStrayWeights(paths) {
      throw TrainerError(
        .badData,
        "\(path): found weights, but no config.json of a run; nothing was removed. Move them, or "
          + "choose another directory")
    }
    if mode == .new, holdsRun {
      throw TrainerError(
        .usage,
        "\(path) already holds a run; \(setting: "resume") continues it, \(setting: "overwrite") "
          + "replaces it"
      )
    }
    // For root this fails only on a read-only file system.
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.checkAccess(path, R_OK | W_OK | X_OK)
    }
    if mode == .overwrite, try RunRecord.isForeign(path: paths.config) {
      throw TrainerError(
        .badData,
        "\(paths.config): found another program's file, expected a run's record or no file; "
          + "nothing was removed")
    }
  }

  /// Whether an existing directory contains files of a run.
  ///
  /// - Throws: ``TrainerError`` if a file is a symbolic link: its target does not belong to the
  ///   run, and would be overwritten; ``FileError`` if a file cannot be examined, or the folder of
  ///   checkpoints cannot be read.
  private static func holdsRun(_ paths: RunPaths) throws -> Bool {
    var isFound = false
    for path in paths.reserved {
      let status = try FileError.wrapping(path, .read) { () throws(SystemError) in
        try FileSystems.current.existing(path, followingLink: false)
      }
      guard let status else { continue }
      guard status.kind != .link else {
        throw TrainerError(
          .inputOutput,
          "\(path): found a symbolic link, expected nothing or the run's own "
            + (path == paths.checkpoints ? "directory" : "file"))
      }
      if paths.outputs.contains(path) { isFound = true }
    }
    return try isFound || !CheckpointFolder(path: paths.checkpoints, keep: 1).isEmpty
  }

  /// Whether there are weights, but neither a run's checkpoints nor its record, which is the first
  /// file of a run and the last to be removed.
  private static func holdsStrayWeights(_ paths: RunPaths) throws -> Bool {
    func exists(_ path: String) throws(FileError) -> Bool {
      try FileError.wrapping(path, .read) { () throws(SystemError) in
        try FileSystems.current.existing(path) != nil
      }
    }
    guard try !exists(paths.config), try CheckpointFolder(path: paths.checkpoints, keep: 1).isEmpty
    else { return false }
    return try exists(paths.model) || exists(paths.bestModel)
  }

  /// The run directory that reserves a path for one of its own files.
  ///
  /// - Parameter path: The path; it need not exist.
  /// - Returns: The directory of a run whose own files or checkpoints include the path; nil if
  ///   there is none.
  package static func owner(of path: String) -> String? {
    var file = PathNames.target(of: path)
    while file != "/" {
      let directory = PathText.parent(of: file)
      let paths = RunPaths(directory: directory)
      if paths.reserved.contains(file), isUsed(paths) { return directory }
      file = directory
    }
    return nil
  }

  /// Whether a directory contains a run's record, or the files that a run creates first.
  private static func isUsed(_ paths: RunPaths) -> Bool {
    let system = FileSystems.current
    if system.holds(paths.lock), system.holds(paths.checkpoints) { return true }
    do {
      return try RunRecord.readIfPresent(path: paths.config) != nil
    } catch {
      // The file is another program's, or cannot be read.
      return false
    }
  }

  /// Locks a directory, creating it if it does not exist.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - mode: How it is to be used.
  /// - Throws: ``TrainerError`` or ``FileError`` if it cannot be used, or another process has
  ///   locked it.
  package init(path: String, mode: Mode) throws {
    try Self.check(path: path, mode: mode)
    paths = RunPaths(directory: path)
    try Self.make(path)
    lock = try DirectoryLock(directory: path)
    // Checked again, since another process may have changed the directory before it was locked.
    try Self.check(path: path, mode: mode)
    try Self.make(paths.checkpoints)
    for directory in [path, paths.checkpoints] { TemporaryName.removeLeftovers(in: directory) }
  }

  /// Creates a directory and its missing parents.
  private static func make(_ path: String) throws {
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.makeFolders(path)
    }
  }

  /// Whether the path still leads to the locked directory.
  package var isInPlace: Bool { lock.isInPlace }

  /// Verifies that the path still leads to the locked directory.
  ///
  /// - Throws: ``TrainerError`` if it was moved or removed. A directory of that name may now belong
  ///   to another run.
  package func requireInPlace() throws {
    guard !isInPlace else { return }
    throw TrainerError(
      .inputOutput,
      "\(paths.directory): was moved or removed while this run used it, so the run ends; nothing "
        + "is written to a new directory of this name")
  }

  /// Removes all files of the run in the directory.
  ///
  /// - Throws: ``FileError`` if a file cannot be removed.
  package func removeRun() throws {
    // config.json is removed last, since it identifies a run directory.
    try CheckpointFolder(path: paths.checkpoints, keep: 1).removeAll()
    for path in paths.outputs.reversed() {
      try FileError.wrapping(path, .remove) { () throws(SystemError) in
        try FileSystems.current.removeIfPresent(path)
      }
    }
  }

  private static func checkParent(of path: String) throws {
    let system = FileSystems.current
    var folder = PathText.parent(of: PathNames.absolute(path))
    while !system.holds(folder), folder != "/" { folder = PathText.parent(of: folder) }
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.checkAccess(folder, W_OK | X_OK)
    }
  }
}
