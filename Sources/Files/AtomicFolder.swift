import Glibc

/// A new folder of files that appears complete: written under a temporary name, synchronised, then renamed.
///
/// Its owner calls ``commit()`` once, or ``discard()``. It has no folders in it.
package final class AtomicFolder {
  /// The temporary path of the folder until ``commit()``.
  package let temporary: String
  private let path: String
  private let target: String
  private let parents: NewFolders
  private let descriptor: Int32
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
    let parents = try NewFolders(path: SystemCall.parent(of: target))
    TemporaryName.removeLeftoverFolders(in: parents.path)
    do throws(FileError) {
      // What replaces a private folder is private from the start.
      let isNew = try Self.status(of: target, for: path) == nil
      (descriptor, temporary) = try TemporaryName.makeFolder(
        in: parents.path, mode: isNew ? 0o777 : 0o700, for: path)
    } catch {
      parents.removeIfEmpty()
      throw error
    }
    self.parents = parents
  }

  deinit {
    discard()
    close(descriptor)
  }

  /// Whether a name is free for a new folder: nothing is there, or an empty folder.
  ///
  /// - Parameter path: The folder.
  /// - Returns: Whether ``commit()`` could give a folder this name.
  /// - Throws: ``FileError`` if the system does not tell.
  package static func isFree(path: String) throws(FileError) -> Bool {
    guard let status = try status(of: PathNames.target(of: path), for: path) else { return true }
    guard status.st_mode & S_IFMT == S_IFDIR else { return false }
    do throws(SystemCall.FolderError) {
      return try SystemCall.nameBytes(in: path).isEmpty
    } catch {
      throw FileError(path, .read, code: error.code)
    }
  }

  /// Checks whether a folder could be created, or replaced if it is empty; changes nothing.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``, also for a folder that cannot be replaced: the working directory, and a folder to
  ///   which a file system is mounted.
  package static func check(path: String) throws(FileError) {
    let target = PathNames.target(of: path)
    let parent = SystemCall.parent(of: target)
    if let found = try status(of: target, for: path) {
      var other = stat()
      if stat(".", &other) == 0, (found.st_dev, found.st_ino) == (other.st_dev, other.st_ino) {
        throw irreplaceable(path, "the working directory")
      }
      if stat(parent, &other) == 0, found.st_dev != other.st_dev || target == parent {
        throw irreplaceable(path, "a mount point")
      }
    }
    try NewFolders.check(path: parent)
  }

  private static func irreplaceable(_ path: String, _ found: String) -> FileError {
    FileError(
      path, .write, found: found, expected: "a new directory, or an empty one that can be replaced")
  }

  /// What a name leads to; nil if there is nothing.
  private static func status(of target: String, for path: String) throws(FileError) -> stat? {
    var status = stat()
    if lstat(target, &status) == 0 { return status }
    // Below a file there is nothing; the folder cannot be made there.
    guard errno == ENOENT || errno == ENOTDIR else {
      throw FileError(path, .write, code: errno)
    }
    return nil
  }

  /// Synchronizes the files to disk and renames the folder to its final name.
  ///
  /// If it replaces an empty folder, it gets the permissions of that, and its owner if the system allows it.
  ///
  /// - Throws: ``FileError``, also if another process has taken the name. Its operation is `synchroniseFolder` if
  ///   the folder is in place, but a crash of the machine could undo the rename.
  package func commit() throws(FileError) {
    for name in try names() { try synchronize("\(temporary)/\(name)") }
    try takePermissions()
    if let code = SystemCall.synchroniseFolder(descriptor) {
      throw FileError(path, .write, code: code)
    }
    // It replaces an empty folder, and nothing else.
    guard rename(temporary, target) == 0 else { throw FileError(path, .write, code: errno) }
    isSettled = true
    if let code = AtomicFile.folderFault(of: target) {
      throw FileError(path, .synchroniseFolder, code: code)
    }
  }

  /// Gives the folder the permissions of the one that it replaces, if there is one.
  private func takePermissions() throws(FileError) {
    guard let old = try Self.status(of: target, for: path), old.st_mode & S_IFMT == S_IFDIR else {
      return
    }
    // Only root may give files away; others stay the owner of the new folder.
    _ = fchown(descriptor, old.st_uid, old.st_gid)
    guard fchmod(descriptor, old.st_mode & 0o7777) == 0 else {
      throw FileError(path, .write, code: errno)
    }
  }

  /// Removes the folder with its files, and the folders that were created for it, unless it was committed.
  package func discard() {
    if isSettled { return }
    isSettled = true
    TemporaryName.removeFolder(temporary, descriptor)
    parents.removeIfEmpty()
  }

  private func names() throws(FileError) -> [String] {
    do throws(SystemCall.FolderError) {
      return try SystemCall.names(in: temporary)
    } catch {
      throw FileError(path, .write, code: error.code)
    }
  }

  private func synchronize(_ name: String) throws(FileError) {
    let opened = SystemCall.retrying { open(name, O_RDONLY | O_CLOEXEC) }
    guard opened >= 0 else { throw FileError(path, .write, code: errno) }
    defer { close(opened) }
    guard SystemCall.retrying({ fsync(opened) }) == 0 else {
      throw FileError(path, .write, code: errno)
    }
  }
}
