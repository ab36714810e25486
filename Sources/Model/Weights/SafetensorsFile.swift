import Files
import Parallel

/// The content of a safetensors file: named tensors and metadata.
///
/// The file consists of the header's size in 8 bytes, little-endian; the header, a JSON object; and
/// the data of the tensors without gaps. See https://github.com/huggingface/safetensors.
package struct SafetensorsFile: Sendable, Equatable {
  /// The most bytes of the header that the format allows.
  package static var longestHeader: Int { SafetensorsHeader.maximumByteCount }

  /// The path, for messages and for ``write(in:)``.
  package let path: String
  /// Arbitrary text by name.
  package let metadata: [String: String]
  /// The tensors, in the order of their data.
  package let tensors: [SafetensorsTensor]
  /// Each tensor's index in ``tensors``, by its name.
  private let places: [String: Int]

  /// Creates content from its parts; nothing is read or written.
  ///
  /// - Parameters:
  ///   - path: The path, for messages and for ``write(in:)``.
  ///   - metadata: Arbitrary text by name.
  ///   - tensors: The tensors, in the order of their data.
  package init(path: String, metadata: [String: String], tensors: [SafetensorsTensor]) {
    self.path = path
    self.metadata = metadata
    self.tensors = tensors
    places = Dictionary(
      tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads a file and verifies its format.
  ///
  /// - Parameter path: The file.
  /// - Returns: Its content.
  /// - Throws: ``WeightsError`` if it is not a valid safetensors file; ``FileError`` if it cannot
  ///   be read; `SystemRefusal` without memory for its tensors.
  package static func read(path: String) throws -> SafetensorsFile {
    let input = try InputFile(path: path)
    // Every regular file has a known size.
    return try parse(path: path, byteCount: input.size ?? 0, reading: { try input.bytes($0) })
  }

  /// Parses a file's content part by part.
  ///
  /// A part is requested only after the file's size has shown that it exists.
  ///
  /// - Parameters:
  ///   - path: The path for messages.
  ///   - byteCount: The file's size in bytes.
  ///   - bytes: Reads a range of bytes.
  /// - Returns: The content.
  /// - Throws: ``WeightsError`` if the content is not valid; the errors of `bytes`; `SystemRefusal`
  ///   without memory for the tensors.
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
          ? "at most \(longest), the number of bytes that follow"
          : "at most \(longest), the format's limit")
    }
    let start = 8 + headerCount
    let header = try SafetensorsHeader(
      bytes(8..<start), dataByteCount: byteCount - start, file: path)
    try SystemRefusal.requireArrays(byteCount: byteCount - start, for: "the tensors of \(path)")
    let tensors = try header.entries.map { entry in
      SafetensorsTensor(
        name: entry.name, dtype: entry.dtype, shape: entry.shape,
        bytes: try bytes(start + entry.offsets.lowerBound..<start + entry.offsets.upperBound))
    }
    return SafetensorsFile(path: path, metadata: header.metadata, tensors: tensors)
  }

  /// The tensor with a name.
  ///
  /// - Parameter name: The name.
  /// - Returns: The tensor; nil if there is none.
  package func tensor(named name: String) -> SafetensorsTensor? {
    places[name].map { tensors[$0] }
  }

  /// The elements of a single-precision tensor with an expected shape.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - shape: The expected shape.
  /// - Returns: The elements, row-major.
  /// - Throws: ``WeightsError`` if there is no such tensor, or its type or shape differs.
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

  /// Writes a file atomically: another process sees either the old or the complete new content.
  ///
  /// Equal arguments give equal bytes.
  ///
  /// - Parameters:
  ///   - path: The file; replaced if it exists.
  ///   - location: Who may change the directory that it is in.
  ///   - tensors: The tensors, in the order of their data.
  ///   - metadata: Arbitrary text by name.
  /// - Throws: ``WeightsError`` if the tensors are not valid, or the header exceeds the format's
  ///   limit; ``FileError`` if the file cannot be written.
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

  /// Writes the content to ``path`` atomically.
  ///
  /// - Parameter location: Who may change the directory that it is in.
  /// - Throws: The errors of ``write(path:in:tensors:metadata:)``.
  package func write(in location: AtomicFile.Location) throws {
    try Self.write(path: path, in: location, tensors: tensors, metadata: metadata)
  }
}
