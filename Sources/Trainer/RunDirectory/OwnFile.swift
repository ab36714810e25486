import Glibc
import Parallel

/// Opens a file that is written in place, in a directory that this process uses alone.
///
/// Nobody else has to have made it: what a link leads to is somebody else's file.
enum OwnFile {
  /// Opens the file, making it if there is none; an old content stays.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - access: `O_RDWR` or `O_WRONLY`.
  /// - Returns: The descriptor.
  /// - Throws: ``TrainerError`` if it cannot be written, is no regular file or has several names.
  static func open(path: String, access: Int32) throws -> Int32 {
    // Not blocking: a named pipe would wait for a reader before it can be refused.
    let flags = access | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = SystemCall.retrying { Glibc.open(path, flags, 0o666) }
    guard descriptor >= 0 else {
      throw unwritable(path, errno == ELOOP ? "a symbolic link" : SystemCall.text(of: errno))
    }
    var status = stat()
    let found: String? =
      if fstat(descriptor, &status) != 0 {
        SystemCall.text(of: errno)
      } else if status.st_mode & S_IFMT != S_IFREG {
        "a pipe or device"
      } else if status.st_nlink > 1 {
        "a file with \(status.st_nlink) names (hard links)"
      } else {
        nil
      }
    if let found {
      close(descriptor)
      throw unwritable(path, found)
    }
    return descriptor
  }

  private static func unwritable(_ path: String, _ found: String) -> TrainerError {
    TrainerError(
      .inputOutput, "\(path): found \(found), expected a regular file that can be written")
  }
}
