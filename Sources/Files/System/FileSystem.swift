import Glibc

/// The system calls by which the trainer reads and writes files.
///
/// The rest of the trainer uses ``FileSystems/current``. Tests replace it by a model that fails on
/// request, and that can lose what was not synchronized.
///
/// Each function is one call: it may be interrupted (`EINTR`), and read or write less than it was
/// asked to. ``OpenFile`` and the functions of the extensions repeat calls where that is needed.
package protocol FileSystem: Sendable {
  /// Opens a file or folder, or creates a file.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - flags: As for `open(2)`.
  ///   - mode: The permissions of a new file, before the umask.
  /// - Returns: The number by which the other calls name it.
  /// - Throws: ``SystemError``.
  func open(_ path: String, _ flags: Int32, mode: mode_t) throws(SystemError) -> Int32

  /// Closes an open file, and ends its lock.
  func close(_ file: Int32)

  /// Reads at an offset, or at the position of the open file if that is nil.
  ///
  /// - Returns: The number of bytes read; zero at the end of the file.
  func read(
    _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int?
  ) throws(SystemError) -> Int

  /// Writes at the position of the open file.
  ///
  /// - Returns: The number of bytes written.
  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int

  /// Changes the size of a file.
  func truncate(_ file: Int32, to size: Int) throws(SystemError)

  /// Waits until a file's content, or the names in a folder, are on disk.
  func synchronize(_ file: Int32) throws(SystemError)

  /// Takes a lock that ends when the file is closed, without waiting (`EWOULDBLOCK`).
  func lock(_ file: Int32, shared: Bool) throws(SystemError)

  /// The status of an open file.
  func status(_ file: Int32) throws(SystemError) -> FileStatus

  /// The status of the file that a path leads to, or of a symbolic link itself.
  func status(_ path: String, followingLink: Bool) throws(SystemError) -> FileStatus

  /// Whether this process may use a file.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - mode: As for `access(2)`.
  /// - Throws: ``SystemError`` if it may not.
  func checkAccess(_ path: String, _ mode: Int32) throws(SystemError)

  /// Sets the permissions of an open file or folder.
  func setPermissions(_ file: Int32, _ mode: mode_t) throws(SystemError)

  /// Sets the owner of an open file or folder.
  func setOwner(_ file: Int32, _ user: uid_t, _ group: gid_t) throws(SystemError)

  /// Renames a file or folder, replacing a file or an empty folder of the new name.
  func rename(_ old: String, _ new: String) throws(SystemError)

  /// Removes a file's name.
  func remove(_ path: String) throws(SystemError)

  /// Removes the name of a file in an open folder.
  func remove(_ name: [UInt8], in folder: Int32) throws(SystemError)

  /// Creates a folder.
  func makeFolder(_ path: String, mode: mode_t) throws(SystemError)

  /// Removes an empty folder.
  func removeFolder(_ path: String) throws(SystemError)

  /// The names in an open folder as bytes, without `.` and `..`, in no particular order.
  func names(in folder: Int32) throws(SystemError) -> [[UInt8]]

  /// The absolute path of an existing file, without symbolic links.
  ///
  /// - Throws: `EILSEQ` if it is not UTF-8.
  func realPath(_ path: String) throws(SystemError) -> String
}

/// The file system in use.
package enum FileSystems {
  /// The file system of the current task or thread.
  ///
  /// A thread has that of the one which started it, if it is an `OwnThread`.
  @TaskLocal package static var current: any FileSystem = LinuxFileSystem()
}
