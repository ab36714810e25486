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
  ) throws(FileError) -> (OpenFile, String) {
    while true {
      let name = unique(in: folder)
      do throws(SystemError) {
        try FileSystems.current.makeFolder(name, mode: mode)
      } catch {
        if error.code == EEXIST { continue }
        throw FileError(path, .write, code: error.code)
      }
      do throws(SystemError) {
        let opened = try OpenFile(name, folderFlags)
        // Another process may have found the folder before it was locked, and removes it.
        if try isOwn(opened, name, kind: .folder) { return (opened, name) }
      } catch {
        if error.code == ENOENT { continue }
        removeIfEmpty(name)
        throw FileError(path, .write, code: error.code)
      }
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
      removeLeftover(path, flags: folderFlags, kind: .folder) { removeFolder(path, $0) }
    }
  }

  /// Removes a folder and the files in it; one with folders in it stays.
  ///
  /// Files are found by the open folder: if the path leads elsewhere in the meantime, nothing is
  /// removed there.
  ///
  /// - Parameters:
  ///   - path: The folder's path.
  ///   - folder: The folder, open.
  static func removeFolder(_ path: String, _ folder: OpenFile) {
    do throws(SystemError) {
      // It may have been given the permissions of another folder, which may not allow it.
      try folder.setPermissions(0o700)
      for name in try folder.names() { try folder.remove(name) }
    } catch {
      // What cannot be listed or removed stays, and the folder with it.
    }
    removeIfEmpty(path)
  }

  private static func removeIfEmpty(_ path: String) {
    do throws(SystemError) {
      try FileSystems.current.removeFolder(path)
    } catch {
      // It stays, and the next run tries again.
    }
  }

  private static let folderFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW
}
