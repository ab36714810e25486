import Glibc

/// An open file or folder, which is closed when it is no longer used.
///
/// Calls that a signal interrupts are repeated.
package final class OpenFile: Sendable {
  private let system: any FileSystem
  private let number: Int32

  /// Opens a file or folder, or creates a file.
  ///
  /// - Parameters:
  ///   - path: The path.
  ///   - flags: As for `open(2)`; a program that this one starts never inherits the file.
  ///   - mode: The permissions of a new file, before the umask.
  /// - Throws: ``SystemError``.
  package init(_ path: String, _ flags: Int32, mode: mode_t = 0o666) throws(SystemError) {
    let system = FileSystems.current
    number = try retrying { () throws(SystemError) in
      try system.open(path, flags | O_CLOEXEC, mode: mode)
    }
    self.system = system
  }

  /// Takes over a descriptor of this process.
  ///
  /// - Parameter descriptor: The descriptor.
  init(descriptor: Int32) {
    system = LinuxFileSystem()
    number = descriptor
  }

  deinit { system.close(number) }

  /// Reads at most as many bytes as the buffer has.
  ///
  /// - Parameters:
  ///   - buffer: Receives the bytes.
  ///   - offset: Where they begin in the file; nil for the bytes that follow those read before.
  /// - Returns: The number of bytes read: at least one, or zero at the end of the file.
  /// - Throws: ``SystemError``.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil
  ) throws(SystemError) -> Int {
    try retrying { () throws(SystemError) in try system.read(number, into: buffer, at: offset) }
  }

  /// Writes all bytes, with as many calls as needed.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``SystemError``. Some of the bytes may be written then.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try writeAll(bytes) { rest throws(SystemError) in try system.write(number, rest) }
  }

  /// Changes the size.
  ///
  /// - Parameter size: The size in bytes.
  /// - Throws: ``SystemError``.
  package func truncate(to size: Int) throws(SystemError) {
    try retrying { () throws(SystemError) in try system.truncate(number, to: size) }
  }

  /// Waits until the content, or the names in the folder, are on disk.
  ///
  /// - Throws: ``SystemError``. The system may have dropped what it could not write, and would
  ///   report a second attempt as a success; so what is in the file has to be written to a new one.
  package func synchronize() throws(SystemError) {
    try retrying { () throws(SystemError) in try system.synchronize(number) }
  }

  /// Waits until the content, or the names in the folder, are on disk, if the file system can do
  /// it.
  ///
  /// - Throws: ``SystemError``; not `EINVAL`, by which a file system says that it cannot.
  package func synchronizeIfPossible() throws(SystemError) {
    do throws(SystemError) {
      try synchronize()
    } catch  where error.code == EINVAL {
      return
    }
  }

  /// Takes a lock, without waiting.
  ///
  /// - Parameter shared: Whether others may have a shared lock at the same time.
  /// - Returns: Whether it was taken; false if another process has one.
  /// - Throws: ``SystemError``, for example if the file system has no locks.
  package func lock(shared: Bool = false) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try retrying { () throws(SystemError) in try system.lock(number, shared: shared) }
      return true
    } catch  where error.code == EWOULDBLOCK {
      return false
    }
  }

  /// Takes a lock, and tries for up to 50 ms: another process may have it for a moment.
  ///
  /// - Returns: Whether the lock is taken.
  /// - Throws: ``SystemError``, for example if the file system has no locks.
  package func lockPatiently() throws(SystemError) -> Bool {
    for _ in 0..<10 {
      if try lock() { return true }
      usleep(5000)
    }
    return try lock()
  }

  /// Takes a lock if the file system has locks, without waiting.
  ///
  /// - Returns: False if another process has the lock.
  package func lockIfPossible() -> Bool {
    do throws(SystemError) {
      return try lock()
    } catch {
      return true
    }
  }

  /// The file's status in the file system.
  ///
  /// - Throws: ``SystemError``.
  package var status: FileStatus {
    get throws(SystemError) { try system.status(number) }
  }

  /// A path that leads to the open file itself, whatever its name leads to by now.
  var descriptorPath: String { "/proc/self/fd/\(number)" }

  /// Makes another descriptor of the open file, with the same position.
  ///
  /// - Returns: The descriptor, which the caller closes.
  /// - Throws: ``SystemError``.
  func duplicate() throws(SystemError) -> Int32 {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw SystemError(code: errno) }
    return copy
  }

  /// Sets the permissions.
  ///
  /// - Parameter mode: The bits of `chmod`.
  /// - Throws: ``SystemError``.
  package func setPermissions(_ mode: mode_t) throws(SystemError) {
    try system.setPermissions(number, mode)
  }

  /// Sets the owner, if this process may do so.
  ///
  /// - Parameters:
  ///   - user: The user.
  ///   - group: The group.
  /// - Throws: ``SystemError``.
  package func setOwner(_ user: uid_t, _ group: gid_t) throws(SystemError) {
    try system.setOwner(number, user, group)
  }

  /// The names in the folder as bytes, which need not be UTF-8, without `.` and `..`.
  ///
  /// - Returns: The names, in no particular order.
  /// - Throws: ``SystemError``.
  package func names() throws(SystemError) -> [[UInt8]] {
    try retrying { () throws(SystemError) in try system.names(in: number) }
  }

  /// Removes the name of a file in the folder.
  ///
  /// - Parameter name: The name.
  /// - Throws: ``SystemError``.
  package func remove(_ name: [UInt8]) throws(SystemError) {
    try system.remove(name, in: number)
  }
}
