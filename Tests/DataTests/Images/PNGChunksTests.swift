import TestSupport
import Testing

@testable import ImageData

@Suite("The chunks of a PNG file")
struct PNGChunksTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  func chunks(_ bytes: [UInt8]) throws -> PNGChunks {
    try PNGChunks(ByteReader(UnpackedStream(path: folder.write(bytes, to: "image"))))
  }

  func problem(_ bytes: [UInt8]) -> String {
    dataError { _ = try chunks(bytes) }?.description ?? ""
  }

  static let file = PNGFile.gray(rows: 4, columns: 5, samplePixels(20))

  @Test("are kept if pixels depend on them, and give the size")
  func kept() throws {
    var file = Self.file
    file.extra = [
      ("gAMA", bigEndian(1)), ("tRNS", [0, 9]), ("tEXt", samplePixels(100_000)),
    ]
    let found = try chunks(file.bytes)
    #expect(found.size == ImageSize(rows: 4, columns: 5))
    file.extra = [("tRNS", [0, 9])]
    #expect(found.content == file.bytes)
  }

  @Test("end with the last chunk, and following bytes are not read")
  func end() throws {
    #expect(try chunks(Self.file.bytes + [1, 2, 3]).content == Self.file.bytes)
  }

  @Test("truncated at any byte are refused")
  func truncation() {
    let bytes = Self.file.bytes
    for size in 1..<bytes.count {
      let problem = problem(Array(bytes[..<size]))
      #expect(
        problem.contains(
          size < 8 ? "expected a PNG file's signature" : "byte \(size): found the end"))
    }
  }

  @Test("with any byte changed are refused")
  func corruption() {
    let bytes = Self.file.bytes
    for index in bytes.indices {
      for change: UInt8 in [1, 0x20, 0x80, 0xff] {
        var damaged = bytes
        damaged[index] ^= change
        #expect(!problem(damaged).isEmpty, "byte \(index) ^ \(change)")
      }
    }
  }

  @Test("with a wrong CRC are refused with both values and the position")
  func checksum() {
    var bytes = PNGFile.signature + PNGFile.chunk("IHDR", PNGFile.sides(5, 4) + [8, 0, 0, 0, 0])
    let stored = crc(Array(bytes[12..<29]))
    bytes[24] = 16
    let computed = crc(Array(bytes[12..<29]))
    #expect(
      problem(bytes).contains(
        "byte 29: the CRC-32 of chunk IHDR is \(String(computed, radix: 16)), the file says "
          + String(stored, radix: 16)))
  }

  @Test("of an image without a size from 1 to 1024 are refused before pixels are read")
  func sizes() {
    for (columns, rows, message) in [
      (0, 4, "byte 16: found a width of 0"), (5, 0, "byte 20: found a height of 0"),
      (1025, 4, "byte 16: found a width of 1025"), (5, 1 << 31, "byte 20: found a height of"),
    ] {
      let header = PNGFile.chunk("IHDR", PNGFile.sides(columns, rows) + [8, 0, 0, 0, 0])
      #expect(problem(PNGFile.signature + header).contains("\(message)"))
    }
  }

  @Test("that are longer than an image needs, or start with another chunk, are refused")
  func promises() {
    let header = PNGFile.chunk("IHDR", PNGFile.sides(5, 4) + [8, 0, 0, 0, 0])
    let huge = bigEndian(0x7fff_ffff) + Array("IDAT".utf8)
    #expect(
      problem(PNGFile.signature + header + huge)
        .contains("byte 33: found a chunk IDAT of 2147483647 bytes"))
    #expect(
      problem(PNGFile.signature + bigEndian(0x8000_0000) + Array("IHDR".utf8))
        .contains("byte 8: found 80 00 00 00 49 48 44 52, expected a PNG chunk's length and type"))
    #expect(
      problem(PNGFile.signature + PNGFile.chunk("IEND", []))
        .contains("byte 8: found a chunk IEND of 0 bytes, expected IHDR of 13"))
  }
}
