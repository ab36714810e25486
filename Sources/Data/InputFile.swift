import Glibc
import Parallel

/// A file open for reading.
struct InputFile: ~Copyable {
  /// The path, or another name for messages.
  let path: String
  /// The size the system gives, in bytes; nil where the file is read as it comes: a pipe or a device.
  let size: Int?
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - allowsPipes: Whether it may be a pipe or a device too; a named pipe is waited for.
  /// - Throws: `DataError`: `notFound` where there is none, `unreadable` where it may not be opened,
  ///   `invalid` where it is a directory, or a pipe or a device and may not be.
  init(path: String, allowsPipes: Bool = false) throws(DataError) {
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    let descriptor = SystemCall.retrying {
      open(path, O_RDONLY | O_CLOEXEC | (allowsPipes ? 0 : O_NONBLOCK))
    }
    guard descriptor >= 0 else {
      throw .system(.unreadable, cannot: "open the file", path, code: errno)
    }
    try self.init(descriptor, path: path, allowsPipes: allowsPipes)
  }

  /// Opens standard input, whatever it is but a directory.
  ///
  /// - Parameter name: Its name for messages.
  /// - Throws: `DataError` of kind `unreadable` or `invalid`.
  init(standardInputAs name: String) throws(DataError) {
    let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else {
      throw .system(.unreadable, cannot: "open it", name, code: errno)
    }
    try self.init(descriptor, path: name, allowsPipes: true)
  }

  /// Takes a descriptor over, and closes it where it is refused.
  private init(_ descriptor: Int32, path: String, allowsPipes: Bool) throws(DataError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw .system(.unreadable, cannot: "examine the file", path, code: code)
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || (allowsPipes && kind != S_IFDIR) else {
      close(descriptor)
      throw .invalid(
        path,
        "found \(kind == S_IFDIR ? "a directory" : "a pipe or device"), expected a "
          + (allowsPipes ? "file" : "regular file"))
    }
    self.path = path
    self.descriptor = descriptor
    // An inherited descriptor may stand anywhere in its file: what is left of it is not known.
    size = kind == S_IFREG && lseek(descriptor, 0, SEEK_CUR) == 0 ? Int(status.st_size) : nil
  }

  deinit {
    close(descriptor)
  }

  /// Reads on from where the last read ended.
  ///
  /// - Returns: The number of bytes read: at least one, or zero at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    let count = SystemCall.retrying { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else {
      throw .system(.unreadable, cannot: "read the file", path, code: errno)
    }
    return count
  }

  /// Four bytes at an offset as a little-endian number, or nil where the file has not got them.
  func littleEndianWord(at offset: Int) -> UInt32? {
    var word: UInt32 = 0
    guard size != nil, pread(descriptor, &word, 4, off_t(offset)) == 4 else { return nil }
    return UInt32(littleEndian: word)
  }
}
