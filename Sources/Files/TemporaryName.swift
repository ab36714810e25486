import Glibc

/// Temporary names of files that are being written, in the folder of their final names.
///
/// Each file is locked by the process that writes it, and the lock ends with that process. So a
/// file with such a name and no lock is a leftover, on this machine and on others.
package enum TemporaryName {
  private static let prefix = ".trainer-"
  private static let suffix = ".tmp"

  /// Creates a file with a unique temporary name.
  ///
  /// - Parameters:
  ///   - folder: The folder to create it in.
  ///   - mode: The permissions of the new file, before the umask.
  ///   - path: The path that messages name.
  /// - Returns: The file, open for writing and locked, and its path.
  /// - Throws: ``FileError``.
  static func open(
    in folder: String, mode: mode_t, for path: String
  ) throws(FileError) -> (Int32, String) {
    while true {
      let name = unique(in: folder)
      let descriptor = SystemCall.retrying {
        Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      }
      guard descriptor >= 0 else { throw FileError(path, .write, code: errno) }
      // Another process may have found the file before it was locked, and removes it. On a file
      // system without locks, no process removes anything.
      let isTaken =
        SystemCall.retrying { flock(descriptor, LOCK_EX | LOCK_NB) } != 0 && errno == EWOULDBLOCK
      if !isTaken, leads(name, to: descriptor) { return (descriptor, name) }
      close(descriptor)
    }
  }

  /// Removes the files that killed processes left.
  ///
  /// Files that cannot be removed stay.
  ///
  /// - Parameter folder: The folder.
  package static func removeLeftovers(in folder: String) {
    for name in leftoverNames(in: folder) {
      let path = folder + "/" + name
      let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      // A file that was just renamed may still be listed under its old name.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, leads(path, to: descriptor) { unlink(path) }
      close(descriptor)
    }
  }

  /// A new name in a folder.
  static func unique(in folder: String) -> String {
    // A name of fixed length: one derived from the final name could be too long.
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    return "\(folder)/\(prefix)\(getpid())-\(random)\(suffix)"
  }

  /// The temporary names in a folder, in use or left.
  static func leftoverNames(in folder: String) -> [String] {
    // In a folder that cannot be listed no leftovers are found.
    let names = (try? SystemCall.names(in: folder)) ?? []
    return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }
  }

  /// Whether a path leads to an open file or folder.
  static func leads(
    _ path: String, to descriptor: Int32, kind: mode_t = S_IFREG
  ) -> Bool {
    var named = stat()
    var opened = stat()
    return lstat(path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
      && opened.st_mode & S_IFMT == kind
  }
}
