import CZlib
import Foundation
import Testing

@testable import Pages

@Suite("A report's picture")
struct PNGImageTests {
  /// A PNG taken apart by its specification.
  private struct Decoded {
    var width = 0
    var height = 0
    var channels = 0
    var pixels: [[UInt8]] = []

    init(_ bytes: [UInt8]) throws {
      #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
      var rest = bytes.dropFirst(8)
      var types: [String] = []
      while !rest.isEmpty {
        let size = Self.word(rest)
        let type = String(decoding: rest.dropFirst(4).prefix(4), as: UTF8.self)
        let content = Array(rest.dropFirst(8).prefix(size))
        #expect(Self.word(rest.dropFirst(8 + size)) == Self.checksum(Array(type.utf8) + content))
        types.append(type)
        if type == "IHDR" {
          width = Self.word(content[...])
          height = Self.word(content[4...])
          channels = content[9] == 2 ? 3 : 1
          #expect(Array(content[8...]) == [8, channels == 3 ? 2 : 0, 0, 0, 0])
        } else if type == "IDAT" {
          let stride = width * channels + 1
          var lines = [UInt8](repeating: 0, count: stride * height)
          var count = uLong(lines.count)
          #expect(uncompress(&lines, &count, content, uLong(content.count)) == Z_OK)
          #expect(Int(count) == lines.count)
          for first in Swift.stride(from: 0, to: lines.count, by: stride) {
            #expect(lines[first] == 0)
            pixels.append(Array(lines[first + 1..<first + stride]))
          }
        }
        rest = rest.dropFirst(12 + size)
      }
      #expect(types == ["IHDR", "IDAT", "IEND"])
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> Int {
      bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    /// The polynomial of the specification's annex, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> Int {
      var sum: UInt32 = 0xFFFF_FFFF
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
      }
      return Int(~sum)
    }
  }

  @Test("is the image, pixel for pixel", arguments: [(1, 1), (28, 28), (3, 128), (128, 5)])
  func pixels(rows: Int, columns: Int) throws {
    let pixels = (0..<rows * columns).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / columns) }
    let image = try PNGImage(pixels: pixels, rows: rows, columns: columns)
    let decoded = try Decoded(image.bytes)
    #expect(decoded.width == columns && decoded.height == rows)
    #expect(Array(decoded.pixels.joined()) == pixels)
    let text = try #require(image.address.split(separator: ",").last)
    #expect(image.address.hasPrefix("data:image/png;base64,"))
    #expect(Data(base64Encoded: String(text)).map(Array.init) == image.bytes)
  }

  @Test("of color has red, green and blue of each pixel, and the means of each if it is large")
  func color() throws {
    let pixels = (0..<5 * 7 * 3).map { UInt8(truncatingIfNeeded: $0 * 11) }
    let decoded = try Decoded(PNGImage(pixels: pixels, rows: 5, columns: 7, channels: 3).bytes)
    #expect((decoded.width, decoded.height, decoded.channels) == (7, 5, 3))
    #expect(Array(decoded.pixels.joined()) == pixels)
    var large = [UInt8](repeating: 0, count: 2 * 256 * 3)
    for (place, value) in [(0, 10), (3, 20), (256 * 3, 30), (256 * 3 + 3, 40), (2, 200)] {
      large[place] = UInt8(value)
    }
    let reduced = try Decoded(PNGImage(pixels: large, rows: 2, columns: 256, channels: 3).bytes)
    #expect((reduced.width, reduced.height, reduced.channels) == (128, 1, 3))
    #expect(Array(reduced.pixels[0].prefix(6)) == [25, 0, 50, 0, 0, 0])
  }

  @Test("of a large image has the means of squares of pixels")
  func reduction() throws {
    // Two pixels to one in each direction; the last column and row stand alone.
    let (rows, columns) = (3, 255)
    var pixels = [UInt8](repeating: 0, count: rows * columns)
    (pixels[0], pixels[1], pixels[columns], pixels[columns + 1]) = (10, 20, 30, 41)
    pixels[2 * columns + 254] = 200
    let decoded = try Decoded(PNGImage(pixels: pixels, rows: rows, columns: columns).bytes)
    #expect(decoded.width == 128 && decoded.height == 2)
    #expect(decoded.pixels[0][0] == 25)
    #expect(decoded.pixels[1][127] == 200)
    #expect(decoded.pixels.joined().count { $0 != 0 } == 2)
  }
}
