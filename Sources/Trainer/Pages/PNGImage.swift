import CZlib
import Foundation

/// A gray or colored image as a PNG file (ISO/IEC 15948), to embed in a page.
package struct PNGImage: Sendable {
  /// The bytes of the file.
  let bytes: [UInt8]

  /// The largest side of an image; larger images are reduced.
  static let largestSide = 128

  /// Encodes an image, and reduces it if it is larger than the page shows.
  ///
  /// - Parameters:
  ///   - pixels: The values, (rows, columns, channels).
  ///   - rows: The number of rows, at least 1.
  ///   - columns: The number of columns, at least 1.
  ///   - channels: 1 for gray values, 3 for red, green and blue.
  /// - Throws: ``CompressionError`` if zlib has not enough memory.
  package init(
    pixels: [UInt8], rows: Int, columns: Int, channels: Int = 1
  ) throws(CompressionError) {
    precondition(channels == 1 || channels == 3, "gray or color")
    precondition(
      rows > 0 && columns > 0 && pixels.count == rows * columns * channels, "one byte per value")
    let factor = (max(rows, columns) + Self.largestSide - 1) / Self.largestSide
    let image = Raster(pixels: pixels, rows: rows, columns: columns, channels: channels)
    try self.init(factor > 1 ? image.reduced(by: factor) : image)
  }

  private init(_ image: Raster) throws(CompressionError) {
    // Each line starts with the number of its filter, 0 for none.
    let width = image.columns * image.channels
    let lines = (0..<image.rows).flatMap { row -> [UInt8] in
      [0] + image.pixels[row * width..<(row + 1) * width]
    }
    let colorType: UInt8 = image.channels == 1 ? 0 : 2
    bytes =
      [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      // 8 bits; gray or RGB; deflate; adaptive filters; not interlaced.
      + Self.chunk(
        "IHDR", Self.word(image.columns) + Self.word(image.rows) + [8, colorType, 0, 0, 0])
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

  private static func compressed(_ content: [UInt8]) throws(CompressionError) -> [UInt8] {
    var size = compressBound(uLong(content.count))
    var result = [UInt8](repeating: 0, count: Int(size))
    let code = compress2(&result, &size, content, uLong(content.count), Z_BEST_COMPRESSION)
    guard code == Z_OK else {
      throw CompressionError(code: code)
    }
    return Array(result.prefix(Int(size)))
  }
}

/// The values of an image, (rows, columns, channels).
private struct Raster {
  var pixels: [UInt8]
  let rows: Int
  let columns: Int
  let channels: Int

  /// Averages squares of `factor` x `factor` pixels; squares at the ends may be smaller.
  func reduced(by factor: Int) -> Raster {
    var result = Raster(
      pixels: [], rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor,
      channels: channels)
    for row in 0..<result.rows {
      for column in 0..<result.columns {
        for channel in 0..<channels {
          var (sum, count) = (0, 0)
          for y in row * factor..<min((row + 1) * factor, rows) {
            for x in column * factor..<min((column + 1) * factor, columns) {
              sum += Int(pixels[(y * columns + x) * channels + channel])
              count += 1
            }
          }
          result.pixels.append(UInt8((sum + count / 2) / count))
        }
      }
    }
    return result
  }
}
