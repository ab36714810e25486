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
      (descriptor, temporary) = try TemporaryName.makeFolder(in: parents.path, for: path)
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
  package static func isFree(path: String) -> Bool {
    var status = stat()
    guard lstat(PathNames.target(of: path), &status) == 0 else {
      // Below a file there is nothing; the folder cannot be made there.
      return errno == ENOENT || errno == ENOTDIR
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return false }
    do throws(SystemCall.FolderError) {
      return try SystemCall.nameBytes(in: path).isEmpty
    } catch {
      return false
    }
  }

  /// Checks whether a folder could be created; creates nothing.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``FileError``.
  package static func check(path: String) throws(FileError) {
    try NewFolders.check(path: SystemCall.parent(of: PathNames.target(of: path)))
  }

  /// Synchronizes the files to disk and renames the folder to its final name.
  ///
  /// - Throws: ``FileError``, also if another process has taken the name.
  package func commit() throws(FileError) {
    for name in try names() { try synchronize("\(temporary)/\(name)", O_RDONLY) }
    try synchronize(temporary, O_RDONLY | O_DIRECTORY)
    // It replaces an empty folder, and nothing else.
    guard rename(temporary, target) == 0 else { throw FileError(path, .write, code: errno) }
    isSettled = true
    try AtomicFile.synchroniseFolder(of: target, path: path)
  }

  /// Removes the folder with its files, and the folders that were created for it, unless it was committed.
  package func discard() {
    if isSettled { return }
    isSettled = true
    TemporaryName.removeFolder(temporary)
    parents.removeIfEmpty()
  }

  private func names() throws(FileError) -> [String] {
    do throws(SystemCall.FolderError) {
      return try SystemCall.names(in: temporary)
    } catch {
      throw FileError(path, .write, code: error.code)
    }
  }

  private func synchronize(_ name: String, _ flags: Int32) throws(FileError) {
    let opened = SystemCall.retrying { open(name, flags | O_CLOEXEC) }
    guard opened >= 0 else { throw FileError(path, .write, code: errno) }
    defer { close(opened) }
    // EINVAL: the file system cannot synchronise folders.
    guard SystemCall.retrying({ fsync(opened) }) == 0 || errno == EINVAL else {
      throw FileError(path, .write, code: errno)
    }
  }
}
