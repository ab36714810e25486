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
  /// The directory itself, which is removed again with its new parents.
  private let folders: NewFolders
  /// Whether the directory held no run before this one.
  private let isNew: Bool

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
    let paths = RunPaths(directory: path)
    // A run that fails at its start removes its directory, which may be this one.
    let (folders, lock) = try NewFolders.making(
      path, { try DirectoryLock(directory: path) }, isInPlace: \.isInPlace)
    do {
      // Checked again, since another process may have changed the directory before it was locked.
      try Self.check(path: path, mode: mode)
      isNew = try !Self.holdsRun(paths)
      try FileError.wrapping(paths.checkpoints, .write) { () throws(SystemError) in
        try FileSystems.current.makeFolders(paths.checkpoints)
      }
    } catch {
      Self.removeEmpty(paths, folders)
      throw error
    }
    self.paths = paths
    self.folders = folders
    self.lock = lock
    for directory in [path, paths.checkpoints] { TemporaryName.removeLeftovers(in: directory) }
  }

  /// Whether the path still leads to the locked directory.
  package var isInPlace: Bool { lock.isInPlace }

  /// Verifies that the path still leads to the locked directory.
  ///
  /// - Throws: ``TrainerError`` if it was moved or removed. A directory of that name may now belong
  ///   to another run.
  package func requireInPlace() throws {
    guard !isInPlace else { return }
    if lock.lacksFile {
      throw TrainerError(
        .inputOutput,
        "\(paths.lock): was moved or removed while this run used it, so the run ends; without it "
          + "another run could use the directory")
    }
    throw TrainerError(
      .inputOutput,
      "\(paths.directory): was moved or removed while this run used it, so the run ends; nothing "
        + "is written to a new directory of this name")
  }

  /// Removes the files of the run in the directory.
  ///
  /// - Parameter kept: Paths of files that stay.
  /// - Throws: ``FileError`` if a file cannot be removed.
  package func removeRun(except kept: [String] = []) throws {
    func remove(_ path: String) throws {
      if kept.contains(path) { return }
      try FileError.wrapping(path, .remove) { () throws(SystemError) in
        try FileSystems.current.removeIfPresent(path)
      }
    }
    // At each moment the run can be resumed or begun again: a model without checkpoints could not,
    // and config.json has the settings.
    for path in paths.outputs.reversed() where path != paths.config { try remove(path) }
    try CheckpointFolder(path: paths.checkpoints, keep: 1).removeAll()
    try remove(paths.config)
  }

  /// Removes what a new run without a step has left, and the directories that were made for it.
  ///
  /// A directory that held a run before stays as it is, and so does what cannot be removed.
  package func abandon() {
    guard isNew, isInPlace else { return }
    do {
      try removeRun()
      try FileSystems.current.removeFolder(paths.checkpoints)
      try FileSystems.current.removeIfPresent(paths.lock)
      folders.removeIfEmpty()
    } catch {
      // --overwrite replaces it.
    }
  }

  /// Removes a directory that this process has made and locked, if nothing else is in it.
  private static func removeEmpty(_ paths: RunPaths, _ folders: NewFolders) {
    guard folders.isNew else { return }
    let system = FileSystems.current
    do {
      if system.isFolder(paths.checkpoints) { try system.removeFolder(paths.checkpoints) }
      // Another process may have completed a run before this one got the lock.
      guard try system.names(in: paths.directory) == [PathNames.name(of: paths.lock)] else {
        return
      }
      try system.removeIfPresent(paths.lock)
      folders.removeIfEmpty()
    } catch {
      // It is in nobody's way.
    }
  }
}
