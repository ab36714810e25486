import Glibc

/// A new folder of files that appears complete: written under a temporary name, synchronized, then
/// renamed.
///
/// Its owner calls ``commit()`` once, or ``discard()``. It has no folders in it.
package final class AtomicFolder {
  /// The temporary path of the folder until ``commit()``.
  package let temporary: String
  private let path: String
  private let target: String
  private let parents: NewFolders
  private let folder: OpenFile
  private var isSettled = false

  /// Creates an empty folder next to the final name, and the folders that this is in.
  ///
  /// Folders that killed processes left there are removed.
  ///
  /// - Parameter path: The folder; nothing, or an empty folder.
  /// - Throws: ``FileError``.
  package init(path: String) throws(FileError) {
    self.path = path
    target = PathNames.target(of: path)
    let parents = try NewFolders(path: PathText.parent(of: target))
    TemporaryName.removeLeftoverFolders(in: parents.path)
    do throws(FileError) {
      // What replaces a private folder is private from the start.
      let isNew = try Self.status(of: target, for: path) == nil
      (folder, temporary) = try TemporaryName.makeFolder(
        in: parents.path, mode: isNew ? 0o777 : 0o700, for: path)
    } catch {
      parents.removeIfEmpty()
      throw error
    }
    self.parents = parents
  }

  deinit { discard() }

  /// Whether a name is free for a new folder: nothing is there, or an empty folder.
  ///
  /// - Parameter path: The folder.
  /// - Returns: Whether ``commit()`` could give a folder this name.
  /// - Throws: ``FileError`` if the system does not tell.
  package static func isFree(path: String) throws(FileError) -> Bool {
    guard let status = try status(of: PathNames.target(of: path), for: path) else { return true }
    guard status.kind == .folder else { return false }
    return try FileError.wrapping(path, .read) { () throws(SystemError) in
      try FileSystems.current.nameBytes(in: path).isEmpty
    }
  }

  /// Checks whether a folder could be created, or replaced if it is empty; changes nothing.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``, also for a folder that cannot be replaced: the working directory, and
  ///   a folder to which a file system is mounted.
  package static func check(path: String) throws(FileError) {
    let target = PathNames.target(of: path)
    let parent = PathText.parent(of: target)
    if let found = try status(of: target, for: path) {
      let system = FileSystems.current
      func status(_ path: String) throws(FileError) -> FileStatus {
        try FileError.wrapping(path, .read) { () throws(SystemError) in
          try system.status(path, followingLink: true)
        }
      }
      guard try status(".").identity != found.identity else {
        throw irreplaceable(path, "the working directory")
      }
      guard try status(parent).identity.device == found.identity.device, target != parent else {
        throw irreplaceable(path, "a mount point")
      }
    }
    try NewFolders.check(path: parent)
  }

  private static func irreplaceable(_ path: String, _ found: String) -> FileError {
    FileError(
      path, .write, found: found, expected: "a new directory, or an empty one that can be replaced")
  }

  /// The status of the file that a name leads to; nil if there is none.
  private static func status(
    of target: String, for path: String
  ) throws(FileError) -> FileStatus? {
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      do throws(SystemError) {
        return try FileSystems.current.existing(target, followingLink: false)
      } catch  where error.code == ENOTDIR {
        // Below a file there is nothing; the folder cannot be made there.
        return nil
      }
    }
  }

  /// Synchronizes the files to disk and renames the folder to its final name.
  ///
  /// If it replaces an empty folder, it gets the permissions of that, and its owner if the system
  /// allows it.
  ///
  /// - Throws: ``FileError``, also if another process has taken the name. Its operation is
  ///   `synchronizeFolder` if the folder is in place, but a crash of the machine could undo the
  ///   rename.
  package func commit() throws(FileError) {
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      for name in try FileSystems.current.names(in: temporary) {
        try OpenFile("\(temporary)/\(name)", O_RDONLY).synchronize()
      }
      try takePermissions()
      try folder.synchronizeIfPossible()
      // It replaces an empty folder, and nothing else.
      try FileSystems.current.rename(temporary, target)
    }
    isSettled = true
    try AtomicFile.synchronizeFolder(of: target, path: path, .synchronizeFolder)
  }

  /// Gives the folder the permissions of the one that it replaces, if there is one.
  private func takePermissions() throws(SystemError) {
    guard let old = try FileSystems.current.existing(target, followingLink: false),
      old.kind == .folder
    else { return }
    do throws(SystemError) {
      try folder.setOwner(old.user, old.group)
    } catch {
      // Only root may give files away; others stay the owner of the new folder.
    }
    try folder.setPermissions(old.permissions)
  }

  /// Removes the folder with its files, and the folders that were created for it, unless it was
  /// committed.
  package func discard() {
    if isSettled { return }
    isSettled = true
    TemporaryName.removeFolder(temporary, folder)
    parents.removeIfEmpty()
  }
}
