import Files

/// An IDX file in memory.
struct IDXFile: Sendable {
  let header: IDXHeader
  /// The pixels, image by image, row by row and with the channels last; or the labels, a byte each.
  let data: ByteStorage
  /// The SHA-256 of the unpacked file if its labels are not bytes; otherwise nil, as it is that of
  /// the header and `data`.
  let digest: String?

  /// Reads an IDX file, gzip or plain.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - kind: What the file must contain.
  ///   - name: The name that messages use; nil for the path.
  /// - Throws: `DataError`: `notFound`, `unreadable`, `refused`, or `invalid` with the position,
  ///   what was found and what was expected.
  init(path: String, content kind: IDXContent, name: String? = nil) throws(DataError) {
    let file = try OpenIDXFile(path: path, content: kind, name: name)
    try DataMemory.require(file.header.dataSize, for: name ?? path)
    self = try file.read()
  }

  fileprivate init(header: IDXHeader, data: ByteStorage, digest: String?) {
    self.header = header
    self.data = data
    self.digest = digest
  }
}

/// An IDX file of which only the header was read.
///
/// Unchecked Sendable: one thread at a time uses it.
struct OpenIDXFile: @unchecked Sendable {
  /// The header; its size is possible for that of the file.
  let header: IDXHeader
  /// The name that messages use.
  let path: String
  private let stream: UnpackedStream
  private let kind: IDXContent

  /// Opens a file, gzip or plain, and checks the size in its header against that of the file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - kind: What the file must contain.
  ///   - name: The name that messages use; nil for the path.
  /// - Throws: `DataError`: `notFound`, `unreadable`, `refused`, or `invalid` with the position,
  ///   what was found and what was expected.
  init(path: String, content kind: IDXContent, name: String? = nil) throws(DataError) {
    let stream = try UnpackedStream(path: path, name: name)
    let path = name ?? path
    header = try IDXHeader(content: kind, path: path) { count throws(DataError) in
      try stream.read(count)
    }
    try header.requirePlausible(in: stream, content: kind)
    self.path = path
    self.stream = stream
    self.kind = kind
  }

  /// Reads the rest of the file; called once.
  ///
  /// - Returns: The file.
  /// - Throws: As the initializer.
  func read() throws(DataError) -> IDXFile {
    let content = try ByteStorage(count: header.dataSize, for: path) { memory throws(DataError) in
      let found = try stream.fill(memory)
      guard found == memory.count else {
        throw header.mismatch(path: path, content: kind, found: "\(found)")
      }
    }
    // Reading one more byte checks the trailer's checksum, and detects excess data.
    var excess: UInt8 = 0
    let excessCount = try withUnsafeMutableBytes(of: &excess) { byte throws(DataError) in
      try stream.fill(byte)
    }
    guard excessCount == 0 else {
      throw header.mismatch(path: path, content: kind, found: "\(header.dataSize + 1) or more")
    }
    if header.element == .unsignedByte {
      return IDXFile(header: header, data: content, digest: nil)
    }
    return IDXFile(
      header: header, data: try header.labels(in: content, path: path),
      digest: header.digest(of: content))
  }
}

extension UnpackedStream {
  /// Takes the next bytes; fewer at the end.
  func read(_ count: Int) throws(DataError) -> [UInt8] {
    try readBytes(count) { buffer throws(DataError) in try fill(buffer) }
  }
}

extension IDXHeader {
  /// Throws an error if the header's size is impossible for the file, as far as the file's size is
  /// known.
  func requirePlausible(in stream: UnpackedStream, content: IDXContent) throws(DataError) {
    let path = stream.file.path
    guard let size = stream.file.size else { return }
    if stream.isGzip {
      let (most, overflows) = size.multipliedReportingOverflow(by: Deflate.largestExpansion)
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
    let shape =
      content == .images
      ? "\(count) images of \(imageSize)"
      : "\(count) labels\(valuesPerSample == 1 ? "" : " of \(valuesPerSample) integers")"
    return .invalid(
      path,
      "the IDX header declares \(shape), which is \(dataSize) bytes of \(content.unit); "
        + "found \(found)")
  }
}

// MARK: - Labels of 32-bit integers

extension IDXHeader {
  /// The first integer of each sample as a byte.
  ///
  /// - Parameters:
  ///   - content: The bytes after the header.
  ///   - path: The file, for messages.
  /// - Returns: The labels (count).
  /// - Throws: `DataError` of kind `invalid` for a label that is no byte; `refused` without memory.
  fileprivate func labels(
    in content: ByteStorage, path: String
  ) throws(DataError) -> ByteStorage {
    try ByteStorage(count: count, for: path) { memory throws(DataError) in
      for sample in 0..<count {
        let place = sample * bytesPerSample
        let value = (0..<element.size).reduce(UInt32(0)) { $0 << 8 | UInt32(content[place + $1]) }
        guard let label = UInt8(exactly: value) else {
          throw .invalid(
            path,
            "byte \(position(ofSample: sample)) of the unpacked data: found label "
              + "\(Int32(bitPattern: value)) of sample \(sample), expected 0 to 255")
        }
        memory[sample] = label
      }
    }
  }

  /// The SHA-256 of the unpacked file.
  fileprivate func digest(of content: ByteStorage) -> String {
    withExtendedLifetime(content) {
      var digest = Digest(.sha256)
      digest.update(bytes)
      digest.update(UnsafeRawBufferPointer(start: content.baseAddress, count: content.count))
      return digest.hexadecimal()
    }
  }
}
