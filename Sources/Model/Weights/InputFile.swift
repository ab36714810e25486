import Glibc
import Parallel

/// A regular file, open for reading.
struct InputFile: ~Copyable {
  let path: String
  /// The size when it was opened.
  let byteCount: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: `WeightsError` of kind `.notFound` or `.unreadable`.
  init(path: String) throws {
    // Not blocking: a named pipe would wait for a writer before it can be refused.
    let descriptor = SystemCall.retrying { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      let code = errno
      throw WeightsError(
        code == ENOENT || code == ENOTDIR ? .notFound : .unreadable, file: path, code: code)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw WeightsError(.unreadable, file: path, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw WeightsError(
        .unreadable, file: path, found: Self.kind(of: status.st_mode), expected: "a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads a part.
  ///
  /// - Parameter range: The bytes, inside the file's size.
  /// - Returns: All of them.
  /// - Throws: `WeightsError` of kind `.unreadable`, also where the file has become shorter.
  func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let free = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let result = SystemCall.retrying {
          pread(descriptor, free.baseAddress, range.count - count, off_t(range.lowerBound + count))
        }
        let place = "byte \(range.lowerBound + count)"
        guard result >= 0 else {
          throw WeightsError(.unreadable, file: path, place: place, code: errno)
        }
        guard result > 0 else {
          throw WeightsError(
            .unreadable, file: path, place: place, found: "the end of the file",
            expected: "\(range.count - count) more bytes")
        }
        count += result
      }
    }
  }

  /// What a path that is no regular file is.
  static func kind(of mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFLNK: "a symbolic link"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}
