import Glibc

/// A file open for reading.
package struct InputFile: ~Copyable {
  /// The path, or the name that messages use instead.
  package let path: String
  /// The size in bytes when the file was opened; nil for a pipe, a device, or a descriptor not at
  /// its start.
  package let size: Int?
  private let file: OpenFile

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
    let file = try FileError.wrapping(name, .read) { () throws(SystemError) in
      try OpenFile(path, O_RDONLY | (allowsPipes ? 0 : O_NONBLOCK))
    }
    try self.init(file, path: name, isAtStart: true, allowsPipes: allowsPipes)
  }

  /// Opens standard input, which may be anything but a directory.
  ///
  /// - Parameter name: The name that messages use.
  /// - Throws: ``FileError``.
  package init(standardInputAs name: String) throws(FileError) {
    let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { throw FileError(name, .read, code: errno) }
    // An inherited descriptor may be at any position, so the number of remaining bytes is unknown.
    let isAtStart = lseek(descriptor, 0, SEEK_CUR) == 0
    try self.init(
      OpenFile(descriptor: descriptor), path: name, isAtStart: isAtStart, allowsPipes: true)
  }

  private init(
    _ file: OpenFile, path: String, isAtStart: Bool, allowsPipes: Bool
  ) throws(FileError) {
    let status = try FileError.wrapping(path, .read) { () throws(SystemError) in
      try file.status
    }
    guard status.kind == .regular || (allowsPipes && status.kind != .folder) else {
      throw FileError(
        path, .read, found: status.kind.description,
        expected: allowsPipes ? "a file" : "a regular file")
    }
    self.path = path
    self.file = file
    size = status.kind == .regular && isAtStart ? status.size : nil
  }

  /// Reads the next bytes.
  ///
  /// - Parameter buffer: Receives the bytes.
  /// - Returns: The number of bytes read: at least one, or zero at the end of the file.
  /// - Throws: ``FileError``.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try FileError.wrapping(path, .read) { () throws(SystemError) in try file.read(into: buffer) }
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
        let start = range.lowerBound + count
        let place = "byte \(start)"
        let result = try FileError.wrapping(path, .read, place: place) { () throws(SystemError) in
          try file.read(into: free, at: start)
        }
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
    guard size != nil else { return nil }
    do throws(SystemError) {
      let count = try withUnsafeMutableBytes(of: &word) { bytes throws(SystemError) in
        try file.read(into: bytes, at: offset)
      }
      return count == 4 ? UInt32(littleEndian: word) : nil
    } catch {
      return nil
    }
  }
}
