import Glibc

/// The names of files that are being written, beside the names that they will get.
///
/// Each is locked by the process that writes it. The lock ends with the process, however that ends:
/// a file under such a name without a lock is a leftover, on this machine and on others.
package enum TemporaryName {
  private static let prefix = ".trainer-"
  private static let suffix = ".tmp"

  /// Makes a file under a name of its own.
  ///
  /// - Parameters:
  ///   - folder: Where it is made.
  ///   - mode: The most permissions that it may have from the first moment on.
  ///   - path: The file that messages name.
  /// - Returns: The file, open for writing and locked, and its path.
  /// - Throws: ``FileError``.
  static func open(
    in folder: String, mode: mode_t, for path: String
  ) throws(FileError) -> (Int32, String) {
    while true {
      // A name of fixed length: one derived from the target's could be too long.
      let random = String(UInt64.random(in: .min ... .max), radix: 36)
      let name = "\(folder)/\(prefix)\(getpid())-\(random)\(suffix)"
      let descriptor = SystemCall.retrying {
        Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      }
      guard descriptor >= 0 else { throw FileError(path, .write, code: errno) }
      // Another process may have found the file before it was locked: that one removes it. Without
      // locks, which a file system may lack, nobody removes anything.
      let isTaken =
        SystemCall.retrying { flock(descriptor, LOCK_EX | LOCK_NB) } != 0 && errno == EWOULDBLOCK
      if !isTaken, leads(name, to: descriptor) { return (descriptor, name) }
      close(descriptor)
    }
  }

  /// Removes the files that killed processes have left; one that cannot be removed stays.
  ///
  /// - Parameter folder: Where they are.
  package static func removeLeftovers(in folder: String) {
    // A folder that may not be listed shows no leftovers.
    guard let names = try? SystemCall.names(in: folder) else { return }
    for name in names where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = folder + "/" + name
      let descriptor = Glibc.open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      // A writer that has just renamed its file may still be seen under the old name.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, leads(path, to: descriptor) { unlink(path) }
      close(descriptor)
    }
  }

  private static func leads(_ path: String, to descriptor: Int32) -> Bool {
    var named = stat()
    var opened = stat()
    return lstat(path, &named) == 0 && fstat(descriptor, &opened) == 0
      && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino
      && opened.st_mode & S_IFMT == S_IFREG
  }
}
