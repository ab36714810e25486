import Files

/// The content of a safetensors file: named tensors and free text.
///
/// Format: eight bytes, little-endian, that count the header's; the header, a JSON object; the
/// tensors' data without gaps. See https://github.com/huggingface/safetensors.
package struct SafetensorsFile: Sendable, Equatable {
  /// The path that it was read from, for messages.
  package let path: String
  /// Free text under free names.
  package let metadata: [String: String]
  /// The tensors, in the order of their data.
  package let tensors: [SafetensorsTensor]
  /// Each tensor's place in ``tensors``, by its name.
  private let places: [String: Int]

  /// Puts a file's content together.
  ///
  /// - Parameters:
  ///   - path: The path for messages.
  ///   - metadata: Free text under free names.
  ///   - tensors: The tensors.
  package init(path: String, metadata: [String: String], tensors: [SafetensorsTensor]) {
    self.path = path
    self.metadata = metadata
    self.tensors = tensors
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads a file and checks it whole.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its content.
  /// - Throws: `WeightsError`.
  package static func read(path: String) throws -> SafetensorsFile {
    let input = try InputFile(path: path)
    // Every regular file has a size.
    return try parse(path: path, byteCount: input.size ?? 0, reading: { try input.bytes($0) })
  }

  /// Reads a file's content piece by piece; nothing is asked for before it is known to be there.
  ///
  /// - Parameters:
  ///   - path: The path for messages.
  ///   - byteCount: The file's size.
  ///   - bytes: Gives a part of the file.
  /// - Returns: The content.
  /// - Throws: ``WeightsError``, and what `bytes` throws.
  static func parse(
    path: String, byteCount: Int, reading bytes: (Range<Int>) throws -> [UInt8]
  ) throws -> SafetensorsFile {
    guard byteCount >= 8 else {
      throw WeightsError(
        file: path, found: "\(byteCount) bytes",
        expected: "at least 8, the header's length")
    }
    let length = try bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let longest = min(byteCount - 8, SafetensorsHeader.maximumByteCount)
    guard let headerCount = Int(exactly: length), headerCount <= longest else {
      throw WeightsError(
        file: path, place: "byte 0, the header's length", found: "\(length)",
        expected: longest < SafetensorsHeader.maximumByteCount
          ? "at most \(longest), the bytes that follow" : "at most \(longest), the format's limit")
    }
    let start = 8 + headerCount
    let header = try SafetensorsHeader(
      bytes(8..<start), dataByteCount: byteCount - start, file: path)
    let tensors = try header.entries.map { entry in
      SafetensorsTensor(
        name: entry.name, dtype: entry.dtype, shape: entry.shape,
        bytes: try bytes(start + entry.offsets.lowerBound..<start + entry.offsets.upperBound))
    }
    return SafetensorsFile(path: path, metadata: header.metadata, tensors: tensors)
  }

  /// The tensor of a name.
  ///
  /// - Parameter name: The name.
  /// - Returns: The tensor, or nil where there is none.
  package func tensor(named name: String) -> SafetensorsTensor? {
    places[name].map { tensors[$0] }
  }

  /// The elements of a single-precision tensor whose shape is known beforehand.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - shape: The shape that it must have.
  /// - Returns: The elements, row by row.
  /// - Throws: ``WeightsError`` where name, type or shape differ.
  package func floats(named name: String, shape: [Int]) throws -> [Float] {
    func invalid(found: String) -> WeightsError {
      WeightsError(
        file: path, place: "tensor `\(name)`", found: found, expected: "F32 \(shape)")
    }
    guard let tensor = tensor(named: name) else { throw invalid(found: "no such tensor") }
    guard let floats = tensor.floats, tensor.shape == shape else {
      throw invalid(found: "\(tensor.dtype.rawValue) \(tensor.shape)")
    }
    return floats
  }

  /// Writes a file in one piece: another process sees the old content, or all of the new.
  ///
  /// The same arguments give the same bytes.
  ///
  /// - Parameters:
  ///   - path: The file; replaced where it exists.
  ///   - location: Whose directory it is in.
  ///   - tensors: The tensors, in the order that their data gets.
  ///   - metadata: Free text under free names.
  /// - Throws: ``WeightsError`` for tensors that no file can hold, `.unwritable`
  ///   where the system refuses.
  package static func write(
    path: String, in location: AtomicFile.Location = .anywhere, tensors: [SafetensorsTensor],
    metadata: [String: String] = [:]
  ) throws {
    let header = try SafetensorsHeader(tensors: tensors, metadata: metadata, file: path).encoded()
    guard header.count <= SafetensorsHeader.maximumByteCount else {
      throw WeightsError(
        file: path, place: "header", found: "\(header.count) bytes",
        expected: "at most \(SafetensorsHeader.maximumByteCount), the format's limit")
    }
    let length = UInt64(header.count)
    let lengthBytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    try AtomicFile.replace(path: path, in: location) { output in
      try output.write(lengthBytes)
      try output.write(header)
      for tensor in tensors { try output.write(tensor.bytes) }
    }
  }

  /// Writes the content to ``path`` in one piece.
  ///
  /// - Parameter location: Whose directory it is in.
  /// - Throws: `WeightsError` as ``write(path:in:tensors:metadata:)``.
  package func write(in location: AtomicFile.Location) throws {
    try Self.write(path: path, in: location, tensors: tensors, metadata: metadata)
  }

  /// Finds out whether a file could be written, before the work whose result goes there.
  ///
  /// - Parameter path: The file; it is neither made nor changed.
  /// - Throws: ``FileError``.
  package static func checkWritable(path: String) throws {
    try AtomicFile.checkReplaceable(path: path)
  }
}
