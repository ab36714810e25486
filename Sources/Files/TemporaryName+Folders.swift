import Glibc

/// Temporary folders of files: named and locked as temporary files are.
extension TemporaryName {
  /// Creates a folder with a unique temporary name.
  ///
  /// - Parameters:
  ///   - folder: The folder to create it in.
  ///   - path: The path that messages name.
  /// - Returns: The new folder, open and locked, and its path.
  /// - Throws: ``FileError``.
  static func makeFolder(in folder: String, for path: String) throws(FileError) -> (Int32, String) {
    while true {
      let name = unique(in: folder)
      guard mkdir(name, 0o777) == 0 else {
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
        removeFolder(path)
      }
      close(descriptor)
    }
  }

  /// Removes a folder and the files in it; one with folders in it stays.
  static func removeFolder(_ path: String) {
    // The names in a folder that cannot be listed are not known: it stays.
    let names = (try? SystemCall.names(in: path)) ?? []
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  private static func openFolder(_ path: String) -> Int32 {
    SystemCall.retrying { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
  }
}
