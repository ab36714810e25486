import Glibc

/// Temporary folders of files: named and locked as temporary files are.
extension TemporaryName {
  /// Creates a folder with a unique temporary name.
  ///
  /// - Parameters:
  ///   - folder: The folder to create it in.
  ///   - mode: The permissions of the new folder, before the umask.
  ///   - path: The path that messages name.
  /// - Returns: The new folder, open and locked, and its path.
  /// - Throws: ``FileError``.
  static func makeFolder(
    in folder: String, mode: mode_t, for path: String
  ) throws(FileError) -> (Int32, String) {
    while true {
      let name = unique(in: folder)
      guard mkdir(name, mode) == 0 else {
        if errno == EEXIST { continue }
        throw FileError(path, .write, code: errno)
      }
      let descriptor = openFolder(name)
      // Another process may have found the folder before it was locked, and removes it.
      if descriptor < 0, errno == ENOENT { continue }
      guard descriptor >= 0 else {
        let code = errno
        rmdir(name)
        throw FileError(path, .write, code: code)
      }
      let isTaken =
        SystemCall.retrying { flock(descriptor, LOCK_EX | LOCK_NB) } != 0 && errno == EWOULDBLOCK
      if !isTaken, leads(name, to: descriptor, kind: S_IFDIR) { return (descriptor, name) }
      close(descriptor)
    }
  }

  /// Removes the temporary folders that killed processes left.
  ///
  /// Folders that cannot be removed stay.
  ///
  /// - Parameter folder: The folder that they are in.
  static func removeLeftoverFolders(in folder: String) {
    for name in leftoverNames(in: folder) {
      let path = folder + "/" + name
      let descriptor = openFolder(path)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, leads(path, to: descriptor, kind: S_IFDIR) {
        removeFolder(path, descriptor)
      }
      close(descriptor)
    }
  }

  /// Removes a folder and the files in it; one with folders in it stays.
  ///
  /// Files are found by the open folder: if the path leads elsewhere in the meantime, nothing is removed there.
  ///
  /// - Parameters:
  ///   - path: The folder's path.
  ///   - descriptor: The folder, open.
  static func removeFolder(_ path: String, _ descriptor: Int32) {
    // It may have been given the permissions of another folder, which may not allow it.
    fchmod(descriptor, 0o700)
    do throws(SystemCall.FolderError) {
      for name in try SystemCall.nameBytes(in: descriptor) {
        unlinkat(descriptor, name.map { CChar(bitPattern: $0) } + [0], 0)
      }
    } catch {
      // Names that cannot be listed are not known: the folder stays, unless it is empty.
    }
    rmdir(path)
  }

  private static func openFolder(_ path: String) -> Int32 {
    SystemCall.retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
  }
}
