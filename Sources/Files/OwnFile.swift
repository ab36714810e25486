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
  /// - Returns: The file.
  /// - Throws: ``FileError`` if it cannot be written, is not a regular file, or has several names.
  package static func open(path: String, access: Int32) throws(FileError) -> OpenFile {
    let file: OpenFile
    let status: FileStatus
    do throws(SystemError) {
      // Not blocking: a named pipe must be refused without waiting for a reader.
      file = try OpenFile(path, access | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
      status = try file.status
    } catch {
      if error.code == ELOOP { throw unexpected(path, FileStatus.Kind.link.description) }
      // A named pipe that nobody reads, or a socket.
      if error.code == ENXIO, let kind = FileSystems.current.kind(of: path) {
        throw unexpected(path, kind.description)
      }
      throw FileError(path, .write, code: error.code)
    }
    guard status.kind == .regular else { throw unexpected(path, status.kind.description) }
    guard status.nameCount == 1 else {
      throw unexpected(path, "a file with \(status.nameCount) names (hard links)")
    }
    return file
  }

  /// Checks that a file that was written is still there: another process may have removed it.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``FileError`` if it is not, or if the system does not tell.
  package static func requirePresent(path: String) throws(FileError) {
    let found = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try FileSystems.current.existing(path, followingLink: false)
    }
    guard found != nil else {
      throw FileError(path, .write, found: "no file", expected: "the one that the run has written")
    }
  }

  private static func unexpected(_ path: String, _ found: String) -> FileError {
    FileError(path, .write, found: found, expected: "a regular file that can be written")
  }
}
