/// A gzip file, or a plain one, read as what it unpacks to.
package enum GzipFile {
  /// Reads a file from front to back, unpacking it where it is gzip.
  ///
  /// Concatenated gzip members are one content. The CRC and length of each are checked.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - name: What messages call it; nil for the path. One that ends in ".gz" has to be gzip.
  ///   - chunkSize: The most bytes to hand over at once.
  ///   - body: Called with each chunk in order; the chunk is valid during the call.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` where the file is empty,
  ///   truncated, damaged or followed by something else; and what `body` throws.
  package static func read(
    path: String, name: String? = nil, chunkSize: Int = 1 << 20,
    _ body: (UnsafeRawBufferPointer) throws(DataError) -> Void
  ) throws(DataError) {
    let stream = try UnpackedStream(path: path, name: name)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 64)
    defer { chunk.deallocate() }
    while true {
      let count = try stream.fill(chunk)
      if count > 0 { try body(UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
      if count < chunkSize { return }
    }
  }
}
