import CZlib
import Files
import Glibc

/// Writes a gzip file from start to end, by zlib.
final class GzipOutput {
  private let name: String
  private var file: gzFile?

  /// Opens a file and truncates it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use.
  /// - Throws: `DataError` of kind `unwritable`.
  init(path: String, name: String) throws(DataError) {
    self.name = name
    file = gzopen(path, "wb")
    guard file != nil else { throw failure(code: errno) }
  }

  /// Writes to a new file, whatever its temporary name leads to by now.
  ///
  /// - Parameter target: The file, to which nothing was written.
  /// - Throws: `DataError` of kind `unwritable` or `refused`.
  init(_ target: AtomicFile) throws(DataError) {
    name = target.path
    let descriptor = try DataError.writing { () throws(FileError) in
      try target.duplicateDescriptor()
    }
    file = gzdopen(descriptor, "wb")
    guard file != nil else {
      close(descriptor)
      throw failure(code: ENOMEM)
    }
  }

  deinit {
    if let file { gzclose_w(file) }
  }

  /// Appends bytes, at most 2 GiB.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: `DataError` of kind `unwritable`.
  func write(_ bytes: [UInt8]) throws(DataError) {
    try bytes.withUnsafeBufferPointer { bytes throws(DataError) in
      try write(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Appends bytes, at most 2 GiB.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: `DataError` of kind `unwritable`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(DataError) {
    guard gzwrite(file, bytes.baseAddress, UInt32(bytes.count)) == bytes.count else {
      throw failure(code: errno)
    }
  }

  /// Writes the end of the file.
  ///
  /// - Throws: `DataError` of kind `unwritable`.
  func finish() throws(DataError) {
    let status = gzclose_w(file)
    let code = errno
    file = nil
    guard status == Z_OK else { throw failure(code: status == Z_ERRNO ? code : EIO) }
  }

  private func failure(code: Int32) -> DataError {
    .system(.unwritable, cannot: "be written", name, code: code)
  }
}
