import Glibc

/// Opens a file that is written in place, in a directory that only this process uses.
///
/// A link is refused, since the file that it leads to may belong to another program.
package enum OwnFile {
  /// Opens the file, or creates it.
  ///
  /// Existing content stays.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - access: `O_RDWR` or `O_WRONLY`.
  /// - Returns: The descriptor.
  /// - Throws: ``FileError`` if it cannot be written, is not a regular file, or has several names.
  package static func open(path: String, access: Int32) throws(FileError) -> Int32 {
    // Not blocking: a named pipe must be refused without waiting for a reader.
    let flags = access | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = SystemCall.retrying { Glibc.open(path, flags, 0o666) }
    guard descriptor >= 0 else {
      guard errno == ELOOP else { throw FileError(path, .write, code: errno) }
      throw unexpected(path, "a symbolic link")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(path, .write, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1 else {
      close(descriptor)
      throw unexpected(
        path,
        status.st_mode & S_IFMT == S_IFREG
          ? "a file with \(status.st_nlink) names (hard links)"
          : InputFile.kind(of: status.st_mode))
    }
    return descriptor
  }

  private static func unexpected(_ path: String, _ found: String) -> FileError {
    FileError(path, .write, found: found, expected: "a regular file that can be written")
  }
}
