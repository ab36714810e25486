import CZlib
import TestSupport

/// A PNG file written by the specification, without libpng.
struct PNGFile {
  /// The format's numbers for what a pixel is made of.
  enum Color: UInt8 {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6
  }

  var columns: Int
  var rows: Int
  var depth: UInt8 = 8
  var color = Color.gray
  var isInterlaced = false
  /// Each row's packed samples, or each pass's rows.
  var lines: [[UInt8]]
  /// Chunks between the header and the pixels.
  var extra: [(type: String, data: [UInt8])] = []

  var bytes: [UInt8] {
    let header = Self.sides(columns, rows) + [depth, color.rawValue, 0, 0, isInterlaced ? 1 : 0]
    return Self.signature + Self.chunk("IHDR", header)
      + extra.flatMap { Self.chunk($0.type, $0.data) }
      + Self.chunk("IDAT", Self.deflated(lines.flatMap { [0] + $0 })) + Self.chunk("IEND", [])
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  static func sides(_ columns: Int, _ rows: Int) -> [UInt8] {
    bigEndian(UInt32(columns)) + bigEndian(UInt32(rows))
  }

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + content + bigEndian(crc(content))
  }

  private static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(UInt(bytes.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    precondition(compress(&packed, &size, bytes, UInt(bytes.count)) == Z_OK)
    return Array(packed[..<Int(size)])
  }

  /// 8-bit gray pixels.
  static func gray(rows: Int, columns: Int, _ pixels: [UInt8]) -> PNGFile {
    PNGFile(
      columns: columns, rows: rows,
      lines: (0..<rows).map { Array(pixels[$0 * columns..<($0 + 1) * columns]) })
  }
}
