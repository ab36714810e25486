import Files
import Glibc

/// Reads a gzip or plain file as unpacked bytes.
package enum GzipFile {
  /// Reads a file from start to end, and unpacks it if it is gzip.
  ///
  /// Concatenated gzip members are one content. The CRC and the length of each are checked.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: The name that messages use; nil for the path. A file whose name ends in ".gz" must
  ///     be gzip.
  ///   - chunkSize: The largest number of bytes in a chunk.
  ///   - body: Called with each chunk in order; the chunk is valid only during the call.
  /// - Returns: Whether the file is gzip.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` if the file is empty, truncated,
  ///   damaged or followed by other data; and what `body` throws.
  @discardableResult package static func read(
    path: String, name: String? = nil, chunkSize: Int = 1 << 20,
    _ body: (UnsafeRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) -> Bool {
    let stream = try UnpackedStream(path: path, name: name)
    try read(stream, chunkSize: chunkSize, body)
    return stream.isGzip
  }

  /// Reads the rest of an open file to its end.
  ///
  /// - Parameters:
  ///   - stream: The file.
  ///   - chunkSize: The largest number of bytes in a chunk.
  ///   - body: Called with each chunk in order; the chunk is valid only during the call.
  /// - Throws: `DataError`: `unreadable`, or `invalid` if the file is truncated, damaged or
  ///   followed by other data; and what `body` throws.
  static func read(
    _ stream: UnpackedStream, chunkSize: Int = 1 << 20,
    _ body: (UnsafeRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) {
    let chunk = try allocatePart(chunkSize, of: stream.file.path)
    defer { free(chunk.baseAddress) }
    while true {
      let count = try stream.fill(chunk)
      if count > 0 { try body(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
      if count < chunkSize { return }
    }
  }
}
