import Glibc

extension FileSystem {
  /// Creates a folder, and its parents if they do not exist; a crash of the machine cannot undo it.
  ///
  /// - Parameter path: The folder.
  /// - Throws: ``SystemError``.
  package func makeFolders(_ path: String) throws(SystemError) {
    if let status = try existing(path) {
      guard status.kind == .folder else { throw SystemError(code: ENOTDIR) }
      return
    }
    // A dangling link occupies the name.
    guard !path.isEmpty, try existing(path, followingLink: false) == nil else {
      throw SystemError(code: ENOENT)
    }
    try makeFolders(PathText.parent(of: path))
    try makeFolderIfMissing(path)
    try synchronizeName(path)
  }

  /// Waits until a new or changed name of a file or folder is on disk.
  ///
  /// - Parameter path: The file or folder.
  /// - Throws: ``SystemError``.
  func synchronizeName(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try OpenFile(PathText.parent(of: path) + "/", O_RDONLY | O_DIRECTORY)
        .synchronizeIfPossible()
    } catch  where error.code == EACCES {
      // A folder that is writable but not readable cannot be opened to be synchronized.
      return
    }
  }

  /// Creates a folder, unless another process has created it in the meantime.
  private func makeFolderIfMissing(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try retrying { () throws(SystemError) in try makeFolder(path, mode: 0o777) }
    } catch  where error.code == EEXIST {
      return
    }
  }

  /// The status of a file, if it exists.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - followingLink: Whether a symbolic link is followed.
  /// - Returns: Its status; nil if there is nothing (`ENOENT`).
  /// - Throws: ``SystemError``.
  package func existing(
    _ path: String, followingLink: Bool = true
  ) throws(SystemError) -> FileStatus? {
    do throws(SystemError) {
      return try status(path, followingLink: followingLink)
    } catch  where error.code == ENOENT {
      return nil
    }
  }

  /// Whether a path leads to a file or folder, as far as the system tells.
  ///
  /// - Parameter path: The path.
  /// - Returns: Whether it does.
  package func holds(_ path: String) -> Bool { kind(of: path) != nil }

  /// Whether a path leads to a folder, as far as the system tells.
  ///
  /// - Parameter path: The path.
  /// - Returns: Whether it does.
  package func isFolder(_ path: String) -> Bool { kind(of: path) == .folder }

  /// What a path leads to, as far as the system tells.
  func kind(of path: String) -> FileStatus.Kind? {
    do throws(SystemError) {
      return try status(path, followingLink: true).kind
    } catch {
      return nil
    }
  }

  /// The names in a folder, without `.` and `..`.
  ///
  /// Names that are not UTF-8 are left out.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The names, in no particular order.
  /// - Throws: ``SystemError`` if the folder cannot be read.
  package func names(in path: String) throws(SystemError) -> [String] {
    try nameBytes(in: path).compactMap { String(validating: $0, as: UTF8.self) }
  }

  /// The names in a folder as bytes, which need not be UTF-8, without `.` and `..`.
  ///
  /// - Parameter path: The folder.
  /// - Returns: The names, in no particular order.
  /// - Throws: ``SystemError`` if the folder cannot be read.
  package func nameBytes(in path: String) throws(SystemError) -> [[UInt8]] {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).names()
  }

  /// Removes a file's name, if it is there.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``SystemError``.
  package func removeIfPresent(_ path: String) throws(SystemError) {
    do throws(SystemError) {
      try remove(path)
    } catch  where error.code == ENOENT {
      return
    }
  }
}
