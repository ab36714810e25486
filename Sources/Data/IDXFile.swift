import Files

/// An IDX file in memory.
struct IDXFile: Sendable {
  let header: IDXHeader
  /// The pixels, image by image, row by row and with the channels last; or the labels.
  let data: ByteStorage

  /// Reads an IDX file, gzip or plain.
  ///
  /// The size in the header is checked against the size of the file before memory is allocated.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - content: What the file must contain.
  /// - Throws: `DataError`: `notFound`, `unreadable`, `refused`, or `invalid` with the position,
  ///   what was found and what was expected.
  init(path: String, content: IDXContent) throws(DataError) {
    let stream = try UnpackedStream(path: path)
    let header = try IDXHeader(content: content, path: path) { count throws(DataError) in
      try stream.read(count)
    }
    try header.requirePlausible(in: stream, content: content)
    self.header = header
    data = try ByteStorage(count: header.dataSize) { memory throws(DataError) in
      let found = try stream.fill(memory)
      guard found == memory.count else {
        throw header.mismatch(path: path, content: content, found: "\(found)")
      }
    }
    // Reading one more byte checks the trailer's checksum, and detects excess data.
    var excess: UInt8 = 0
    let excessCount = try withUnsafeMutableBytes(of: &excess) { byte throws(DataError) in
      try stream.fill(byte)
    }
    guard excessCount == 0 else {
      throw header.mismatch(path: path, content: content, found: "\(header.dataSize + 1) or more")
    }
  }
}

extension UnpackedStream {
  /// Takes the next bytes; fewer at the end.
  fileprivate func read(_ count: Int) throws(DataError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try bytes.withUnsafeMutableBufferPointer { memory throws(DataError) in
      try fill(UnsafeMutableRawBufferPointer(memory))
    }
    return Array(bytes[..<found])
  }
}

extension IDXHeader {
  /// Deflate uses at least 2 bits for 258 bytes, so the unpacked size is at most this multiple of
  /// the file's size.
  private static let largestExpansion = 1032

  /// Throws an error if the header's size is impossible for the file, as far as the file's size is
  /// known.
  func requirePlausible(in stream: UnpackedStream, content: IDXContent) throws(DataError) {
    let path = stream.file.path
    guard let size = stream.file.size else { return }
    if stream.isGzip {
      let (most, overflows) = size.multipliedReportingOverflow(by: Self.largestExpansion)
      guard overflows || self.size + dataSize <= most else {
        throw mismatch(
          path: path, content: content,
          found: "\(size) packed bytes, which unpack to at most \(most)")
      }
    } else {
      let found = size - self.size
      guard found == dataSize else {
        throw mismatch(path: path, content: content, found: "\(found)")
      }
    }
  }

  /// The error for a file with more or less data than its header says.
  func mismatch(path: String, content: IDXContent, found: String) -> DataError {
    let shape = content == .images ? "\(count) images of \(imageSize)" : "\(count) labels"
    return .invalid(
      path,
      "the IDX header declares \(shape), which is \(dataSize) bytes of \(content.unit); "
        + "found \(found)")
  }
}
