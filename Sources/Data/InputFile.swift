import Glibc

/// A regular file open for reading.
struct InputFile: ~Copyable {
  let path: String
  /// The size the system gives, in bytes.
  let size: Int
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Throws: `DataError`: `notFound` where there is none, `unreadable` where it may not be opened,
  ///   `invalid` where it is a directory, a pipe or a device.
  init(path: String) throws(DataError) {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .system(.unreadable, cannot: "open the file", path, code: errno)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .system(.unreadable, cannot: "examine the file", path, code: code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      throw .invalid(
        path, "found \(isDirectory ? "a directory" : "a pipe or device"), expected a regular file")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit {
    close(descriptor)
  }

  /// Reads on from where the last read ended.
  ///
  /// - Returns: The number of bytes read: at least one, or zero at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR {
        throw .system(.unreadable, cannot: "read the file", path, code: errno)
      }
    }
  }

  /// Four bytes at an offset as a little-endian number, or nil where the file has not got them.
  func littleEndianWord(at offset: Int) -> UInt32? {
    var word: UInt32 = 0
    guard pread(descriptor, &word, 4, off_t(offset)) == 4 else { return nil }
    return UInt32(littleEndian: word)
  }
}
