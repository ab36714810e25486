import CZlib
import Files

/// The chunks of a PNG file that determine its pixels, each checked against its CRC.
///
/// Source: the format's specification, https://www.w3.org/TR/png-3/. Of the ancillary chunks, only
/// tRNS (transparency) is kept. So gamma and color profiles are ignored, and gray values stay
/// unchanged, as in other readers of training data.
struct PNGChunks {
  /// The first bytes of every PNG file.
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  /// Twice the size of an uncompressed image of 1024 x 1024 pixels of 8 bytes.
  private static let capacity = 16 << 20
  private static let pieceSize = 64 << 10

  /// The image's rows and columns, as of one channel: the reader chooses gray or color.
  private(set) var size = ImageSize(rows: 1, columns: 1)
  /// Whether pixels have a color or a palette, rather than a gray value.
  private(set) var hasColor = false
  /// The signature and the kept chunks.
  private(set) var content: [UInt8] = []

  /// Reads from the signature to the last chunk, IEND.
  ///
  /// - Parameter bytes: The reader of the file.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the position, what was found and what
  ///   was expected.
  init(_ bytes: ByteReader) throws(DataError) {
    let place = bytes.place
    content = try bytes.read(Self.signature.count)
    guard content == Self.signature else {
      throw bytes.invalid(
        "\(place): found \(describe(content)), expected a PNG file's signature "
          + hexadecimal(Self.signature))
    }
    var type = ""
    while type != "IEND" { type = try readChunk(bytes, isFirst: type.isEmpty) }
  }

  /// Reads one chunk: its length, type, data and CRC.
  ///
  /// - Returns: The type of the chunk.
  private mutating func readChunk(
    _ bytes: ByteReader, isFirst: Bool
  ) throws(DataError) -> String {
    let start = bytes.position
    let head = try bytes.read(8)
    guard head.count == 8 else { throw Self.truncated(bytes, chunk: nil) }
    let length = Self.number(head[..<4])
    let isName = head[4...].allSatisfy {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & ~0x20)
    }
    guard length <= Int(Int32.max), isName else {
      throw bytes.invalid(
        "\(bytes.place(at: start)): found \(hexadecimal(head)), expected a PNG chunk's length and "
          + "type")
    }
    let type = String(decoding: head[4...], as: UTF8.self)
    if isFirst { try Self.requireHeader(bytes, start: start, type: type, length: length) }
    // A lower-case first letter marks an ancillary chunk.
    let isKept = head[4] & 0x20 == 0 || type == "tRNS"
    if isKept && length + 12 > Self.capacity - content.count {
      throw bytes.invalid(
        "\(bytes.place(at: start)): found a chunk \(type) of \(length) bytes, expected an image of "
          + "at most \(Self.capacity) bytes")
    }
    if isKept { content += head }
    try readData(bytes, length: length, type: type, head: head, isKept: isKept)
    if isFirst { try readSize(bytes, start: start) }
    return type
  }

  /// Reads the data and CRC of a chunk, in pieces, since the file may be shorter than the length
  /// says.
  private mutating func readData(
    _ bytes: ByteReader, length: Int, type: String, head: [UInt8], isKept: Bool
  ) throws(DataError) {
    var checksum = crc32(0, Array(head[4...]), 4)
    var rest = length
    while rest > 0 {
      let wanted = min(rest, Self.pieceSize)
      let piece = try bytes.read(wanted)
      guard piece.count == wanted else { throw Self.truncated(bytes, chunk: type) }
      checksum = crc32(checksum, piece, UInt32(piece.count))
      if isKept { content += piece }
      rest -= wanted
    }
    let place = bytes.place
    let stored = try bytes.read(4)
    guard stored.count == 4 else { throw Self.truncated(bytes, chunk: type) }
    guard Self.number(stored[...]) == Int(checksum) else {
      throw bytes.invalid(
        "\(place): the CRC-32 of chunk \(type) is \(String(checksum, radix: 16)), the file says "
          + String(Self.number(stored[...]), radix: 16))
    }
    if isKept { content += stored }
  }

  private static func requireHeader(
    _ bytes: ByteReader, start: Int, type: String, length: Int
  ) throws(DataError) {
    guard type == "IHDR", length == 13 else {
      throw bytes.invalid(
        "\(bytes.place(at: start)): found a chunk \(type) of \(length) bytes, expected IHDR of 13")
    }
  }

  /// Reads the size of the image from the first chunk.
  private mutating func readSize(_ bytes: ByteReader, start: Int) throws(DataError) {
    let sides = [16, 20].map { Self.number(content[$0..<$0 + 4]) }
    for (index, name) in ["width", "height"].enumerated()
    where !ImageSize.sides.contains(sides[index]) {
      throw bytes.invalid(
        "\(bytes.place(at: start + 8 + 4 * index)): found a \(name) of \(sides[index]), expected 1 "
          + "to \(ImageSize.sides.upperBound)")
    }
    size = ImageSize(rows: sides[1], columns: sides[0])
    // Bit 1 of the color type, the tenth byte of the chunk's data.
    hasColor = content[25] & 2 != 0
  }

  private static func truncated(_ bytes: ByteReader, chunk: String?) -> DataError {
    bytes.invalid(
      "\(bytes.place): found the end"
        + (chunk.map { " within chunk \($0)" } ?? "") + ", expected chunks up to IEND")
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
