import Glibc

/// The files of this machine.
package struct LinuxFileSystem: FileSystem {
  /// Creates the file system.
  package init() {}

  package func open(_ path: String, _ flags: Int32, mode: mode_t) throws(SystemError) -> Int32 {
    try check(Glibc.open(whole(path), flags, mode))
  }

  package func close(_ file: Int32) {
    // After an error of close(2) the file is closed too.
    _ = Glibc.close(file)
  }

  package func read(
    _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int?
  ) throws(SystemError) -> Int {
    try check(
      offset.map { pread(file, buffer.baseAddress, buffer.count, $0) }
        ?? Glibc.read(file, buffer.baseAddress, buffer.count))
  }

  package func write(
    _ file: Int32, _ bytes: UnsafeRawBufferPointer
  ) throws(SystemError) -> Int {
    try check(Glibc.write(file, bytes.baseAddress, bytes.count))
  }

  package func truncate(_ file: Int32, to size: Int) throws(SystemError) {
    try check(ftruncate(file, size))
  }

  package func synchronize(_ file: Int32) throws(SystemError) {
    try check(fsync(file))
  }

  package func lock(_ file: Int32, shared: Bool) throws(SystemError) {
    try check(flock(file, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB))
  }

  package func status(_ file: Int32) throws(SystemError) -> FileStatus {
    var status = stat()
    try check(fstat(file, &status))
    return FileStatus(status)
  }

  package func status(
    _ path: String, followingLink: Bool
  ) throws(SystemError) -> FileStatus {
    var status = stat()
    let path = try whole(path)
    try check(followingLink ? stat(path, &status) : lstat(path, &status))
    return FileStatus(status)
  }

  package func checkAccess(_ path: String, _ mode: Int32) throws(SystemError) {
    try check(access(whole(path), mode))
  }

  package func setPermissions(_ file: Int32, _ mode: mode_t) throws(SystemError) {
    try check(fchmod(file, mode))
  }

  package func setOwner(_ file: Int32, _ user: uid_t, _ group: gid_t) throws(SystemError) {
    try check(fchown(file, user, group))
  }

  package func rename(_ old: String, _ new: String) throws(SystemError) {
    try check(Glibc.rename(whole(old), whole(new)))
  }

  package func remove(_ path: String) throws(SystemError) {
    try check(unlink(whole(path)))
  }

  package func remove(_ name: [UInt8], in folder: Int32) throws(SystemError) {
    try check(unlinkat(folder, name.map { CChar(bitPattern: $0) } + [0], 0))
  }

  package func makeFolder(_ path: String, mode: mode_t) throws(SystemError) {
    try check(mkdir(whole(path), mode))
  }

  package func removeFolder(_ path: String) throws(SystemError) {
    try check(rmdir(whole(path)))
  }

  package func names(in folder: Int32) throws(SystemError) -> [[UInt8]] {
    let copy = try check(fcntl(folder, F_DUPFD_CLOEXEC, 0))
    guard let stream = fdopendir(copy) else {
      let code = errno
      close(copy)
      throw SystemError(code: code)
    }
    defer { closedir(stream) }
    // Both descriptors have one position.
    rewinddir(stream)
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        // From the first name again, this might never end.
        if errno == EINTR { continue }
        break
      }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { [UInt8]($0.prefix { $0 != 0 }) }
      if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) { names.append(name) }
    }
    guard errno == 0 else { throw SystemError(code: errno) }
    return names
  }

  package func realPath(_ path: String) throws(SystemError) -> String {
    guard let name = realpath(try whole(path), nil) else { throw SystemError(code: errno) }
    defer { free(name) }
    guard let text = String(validatingCString: name) else { throw SystemError(code: EILSEQ) }
    return text
  }

  /// A path, if the system will not read it only up to a NUL.
  private func whole(_ path: String) throws(SystemError) -> String {
    guard !path.utf8.contains(0) else { throw SystemError(code: EINVAL) }
    return path
  }

  /// The result of a call, if it is not negative.
  @discardableResult
  private func check<Result: SignedInteger>(_ result: Result) throws(SystemError) -> Result {
    guard result >= 0 else { throw SystemError(code: errno) }
    return result
  }
}
