import Glibc

/// A file open for reading.
package struct InputFile: ~Copyable {
  /// The path, or the name that messages use instead.
  package let path: String
  /// The size in bytes when the file was opened; nil for a pipe, a device, or a descriptor not at
  /// its start.
  package let size: Int?
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use; nil for the path.
  ///   - allowsPipes: Whether pipes and devices are accepted too. Opening a named pipe waits until
  ///     another process opens it for writing.
  /// - Throws: ``FileError``, also for a directory, and for a pipe or device that is not accepted.
  package init(
    path: String, name: String? = nil, allowsPipes: Bool = false
  ) throws(FileError) {
    let name = name ?? path
    // O_NONBLOCK: a named pipe must be refused without waiting for a writer.
    let descriptor = SystemCall.retrying {
      open(path, O_RDONLY | O_CLOEXEC | (allowsPipes ? 0 : O_NONBLOCK))
    }
    guard descriptor >= 0 else { throw FileError(name, .read, code: errno) }
    try self.init(descriptor, path: name, allowsPipes: allowsPipes)
  }

  /// Opens standard input, which may be anything but a directory.
  ///
  /// - Parameter name: The name that messages use.
  /// - Throws: ``FileError``.
  package init(standardInputAs name: String) throws(FileError) {
    let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw FileError(name, .read, code: errno) }
    try self.init(descriptor, path: name, allowsPipes: true)
  }

  /// Takes ownership of a descriptor, and closes it on an error.
  private init(_ descriptor: Int32, path: String, allowsPipes: Bool) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw FileError(path, .read, code: code)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || (allowsPipes && kind != S_IFDIR) else {
      close(descriptor)
      throw FileError(
        path, .read, found: Self.kind(of: status.st_mode),
        expected: allowsPipes ? "a file" : "a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    // An inherited descriptor may be at any position, so the number of remaining bytes is unknown.
    size = kind == S_IFREG && lseek(descriptor, 0, SEEK_CUR) == 0 ? Int(status.st_size) : nil
  }

  deinit { close(descriptor) }

  /// Reads the next bytes.
  ///
  /// - Parameter buffer: Receives the bytes.
  /// - Returns: The number of bytes read: at least one, or zero at the end of the file.
  /// - Throws: ``FileError``.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    let count = SystemCall.retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { throw FileError(path, .read, code: errno) }
    return count
  }

  /// Reads a part of a regular file.
  ///
  /// - Parameter range: The bytes, inside the file's size.
  /// - Returns: All of them.
  /// - Throws: ``FileError``, also if the file has become shorter.
  package func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      while count < range.count {
        let free = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        let result = SystemCall.retrying {
          pread(descriptor, free.baseAddress, range.count - count, off_t(range.lowerBound + count))
        }
        let place = "byte \(range.lowerBound + count)"
        guard result >= 0 else { throw FileError(path, .read, place: place, code: errno) }
        guard result > 0 else {
          throw FileError(
            path, .read, place: place, found: "the end of the file",
            expected: "\(range.count - count) more bytes")
        }
        count += result
      }
    }
  }

  /// Reads the remaining bytes.
  ///
  /// - Parameter limit: The largest number of bytes that is accepted.
  /// - Returns: The bytes.
  /// - Throws: ``FileError``, also if there are more than `limit`.
  package func contents(limit: Int) throws(FileError) -> [UInt8] {
    func tooLarge(_ found: String) -> FileError {
      FileError(path, .read, found: found, expected: "at most \(limit)")
    }
    if let size, size > limit { throw tooLarge("\(size) bytes") }
    var content: [UInt8] = []
    content.reserveCapacity(size ?? 0)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 64)
    defer { buffer.deallocate() }
    while content.count <= limit {
      let count = try read(into: buffer)
      if count == 0 { return content }
      content += buffer[..<count]
    }
    throw tooLarge("more than \(limit) bytes")
  }

  /// Four bytes at an offset as a little-endian number; nil if the file does not have them.
  ///
  /// - Parameter offset: The offset of the first byte.
  /// - Returns: The number.
  package func littleEndianWord(at offset: Int) -> UInt32? {
    var word: UInt32 = 0
    guard size != nil, pread(descriptor, &word, 4, off_t(offset)) == 4 else { return nil }
    return UInt32(littleEndian: word)
  }

  /// The kind of a file, for messages.
  static func kind(of mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFREG: "a regular file"
    case S_IFDIR: "a directory"
    case S_IFLNK: "a symbolic link"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}
