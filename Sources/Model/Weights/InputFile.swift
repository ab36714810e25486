import Glibc

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
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw WeightsError(
        code == ENOENT || code == ENOTDIR ? .notFound : .unreadable, file: path,
        found: Self.text(of: code), expected: "a readable file")
    }
    var status = stat()
    let result = fstat(descriptor, &status)
    let code = errno
    guard result == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw WeightsError(
        .unreadable, file: path,
        found: result == 0 ? Self.kind(of: status.st_mode) : Self.text(of: code),
        expected: "a regular file")
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
        let result = pread(
          descriptor, free.baseAddress, range.count - count, off_t(range.lowerBound + count))
        if result < 0, errno == EINTR { continue }
        guard result > 0 else {
          throw WeightsError(
            .unreadable, file: path, place: "byte \(range.lowerBound + count)",
            found: result == 0 ? "the end of the file" : Self.text(of: errno),
            expected: "\(range.count - count) more bytes")
        }
        count += result
      }
    }
  }

  /// The system's words for an error number.
  static func text(of code: Int32) -> String {
    String(cString: strerror(code))
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
