import CZlib
import Foundation

/// A grey image as a PNG file (ISO/IEC 15948), to embed in a page.
package struct PNGImage: Sendable {
  /// The bytes of the file.
  let bytes: [UInt8]

  /// The largest side of an image; larger images are reduced.
  static let largestSide = 128

  /// Encodes an image, and reduces it if it is larger than the page shows.
  ///
  /// - Parameters:
  ///   - pixels: Grey values (rows, columns).
  ///   - rows: The number of rows, at least 1.
  ///   - columns: The number of columns, at least 1.
  /// - Throws: ``CompressionError`` if zlib has not enough memory.
  package init(pixels: [UInt8], rows: Int, columns: Int) throws {
    precondition(rows > 0 && columns > 0 && pixels.count == rows * columns, "one byte per pixel")
    let factor = (max(rows, columns) + Self.largestSide - 1) / Self.largestSide
    let image =
      factor > 1 ? Self.reduced(pixels, rows, columns, by: factor) : (pixels, rows, columns)
    try self.init(grey: image.0, rows: image.1, columns: image.2)
  }

  private init(grey: [UInt8], rows: Int, columns: Int) throws {
    // Each line starts with the number of its filter, 0 for none.
    let lines = (0..<rows).flatMap { row -> [UInt8] in
      [0] + grey[row * columns..<(row + 1) * columns]
    }
    bytes =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      // 8-bit grey; deflate; adaptive filters; not interlaced.
      + Self.chunk("IHDR", Self.word(columns) + Self.word(rows) + [8, 0, 0, 0, 0])
      + Self.chunk("IDAT", try Self.compressed(lines)) + Self.chunk("IEND", [])
  }

  /// The image as a `data:` URL.
  package var address: String { "data:image/png;base64," + Data(bytes).base64EncodedString() }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    let sum = crc32(0, body, uInt(body.count))
    return word(content.count) + body + word(Int(sum))
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func compressed(_ content: [UInt8]) throws -> [UInt8] {
    var size = compressBound(uLong(content.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let code = compress2(&result, &size, content, uLong(content.count), Z_BEST_COMPRESSION)
    guard code == Z_OK else {
      throw CompressionError(code: code)
    }
    return Array(result.prefix(Int(size)))
  }

  /// Averages squares of `factor` x `factor` pixels; squares at the ends may be smaller.
  private static func reduced(
    _ pixels: [UInt8], _ rows: Int, _ columns: Int, by factor: Int
  ) -> ([UInt8], Int, Int) {
    let (newRows, newColumns) = ((rows + factor - 1) / factor, (columns + factor - 1) / factor)
    var result: [UInt8] = []
    for row in 0..<newRows {
      for column in 0..<newColumns {
        var (sum, count) = (0, 0)
        for y in row * factor..<min((row + 1) * factor, rows) {
          for x in column * factor..<min((column + 1) * factor, columns) {
            sum += Int(pixels[y * columns + x])
            count += 1
          }
        }
        result.append(UInt8((sum + count / 2) / count))
      }
    }
    return (result, newRows, newColumns)
  }
}

/// zlib could not compress an image.
struct CompressionError: Error, CustomStringConvertible {
  /// The error code of zlib.
  let code: Int32

  var description: String { "zlib cannot compress an image for the report: code \(code)" }
}
