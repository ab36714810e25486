/// Reads the images of an IDX file, one at a time.
struct IDXImages: ImageDecoder {
  private let bytes: ByteReader
  private let header: IDXHeader
  private var unread: Int

  /// Reads the header.
  ///
  /// - Throws: `DataError` if the file does not contain images, or is too short for its header.
  init(_ bytes: ByteReader) throws(DataError) {
    self.bytes = bytes
    header = try IDXHeader(content: .images, path: bytes.name) { count throws(DataError) in
      try bytes.read(count)
    }
    try bytes.requirePlausible(header)
    unread = header.count
  }

  var expectsMore: Bool { true }

  mutating func nextSize() throws(DataError) -> ImageSize? {
    if unread > 0 { return header.imageSize }
    guard try bytes.peek() == nil else { throw mismatch(found: "\(header.dataSize + 1) or more") }
    return nil
  }

  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    let found = try bytes.read(into: UnsafeMutableRawBufferPointer(pixels))
    guard found == pixels.count else {
      throw mismatch(found: "\((header.count - unread) * header.imageSize.valueCount + found)")
    }
    unread -= 1
  }

  private func mismatch(found: String) -> DataError {
    header.mismatch(path: bytes.name, content: .images, found: found)
  }
}
