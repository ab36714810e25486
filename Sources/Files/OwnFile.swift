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
      throw FileError(path, .write, code: error.code)
    }
    guard status.kind == .regular else { throw unexpected(path, status.kind.description) }
    guard status.nameCount == 1 else {
      throw unexpected(path, "a file with \(status.nameCount) names (hard links)")
    }
    return file
  }

  private static func unexpected(_ path: String, _ found: String) -> FileError {
    FileError(path, .write, found: found, expected: "a regular file that can be written")
  }
}
