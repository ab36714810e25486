import TestSupport
import Testing

@testable import ImageData

@Suite("A PGM or PPM file")
struct NetpbmImagesTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  func problem(_ text: String, _ raster: [UInt8] = []) -> String {
    folder.imageProblem(Array(text.utf8) + raster)
  }

  @Test("raw or plain has its pixels row by row, as they are")
  func pixels() throws {
    let pixels = (0...255).map { UInt8($0) }
    let expected = [ReadImage(rows: 8, columns: 32, pixels: pixels)]
    let text = pixels.map(String.init).joined(separator: " ")
    #expect(try folder.readImages(Array("P5 32 8 255\n".utf8) + pixels) == expected)
    #expect(try folder.readImages(Array("P2 32 8 255\n\(text)".utf8)) == expected)
    #expect(try folder.readImages(gzip(Array("P2 32 8 255\n\(text)\n".utf8))) == expected)
  }

  @Test("may have comments and any white space in its header, and in a plain raster")
  func comments() throws {
    let expected = [ReadImage(rows: 1, columns: 2, pixels: [7, 35])]
    let header = "# by hand\n2\t\t1 # width, height\r\n#\n 255"
    #expect(try folder.readImages(Array("P5\n\(header)\n".utf8) + [7, 35]) == expected)
    #expect(try folder.readImages(Array("P5\n\(header)#end\n".utf8) + [7, 35]) == expected)
    #expect(try folder.readImages(Array("P2\n\(header)\n7 # seven\n35 # more\n".utf8)) == expected)
  }

  @Test("of one row reads a raster that looks like white space or a comment")
  func rawRaster() throws {
    let pixels = Array("\n# 12\n".utf8)
    #expect(
      try folder.readImages(Array("P5 6 1 255\n".utf8) + pixels)
        == [ReadImage(rows: 1, columns: 6, pixels: pixels)])
  }

  @Test(
    "with another largest value is scaled to 255 and rounded, at one or two bytes a pixel",
    arguments: [1, 2, 15, 100, 254, 255, 256, 1000, 4095, 65_535])
  func scale(maximum: Int) throws {
    let values = (0..<400).map { $0 * maximum / 399 }
    let expected = values.map { UInt8((Double($0) * 255 / Double(maximum)).rounded()) }
    let raster = values.flatMap { value in
      maximum > 255 ? [UInt8(value >> 8), UInt8(value & 255)] : [UInt8(value)]
    }
    let image = [ReadImage(rows: 4, columns: 100, pixels: expected)]
    #expect(try folder.readImages(Array("P5 100 4 \(maximum)\n".utf8) + raster) == image)
    let text = values.map(String.init).joined(separator: "\n")
    #expect(try folder.readImages(Array("P2 100 4 \(maximum)\n\(text)".utf8)) == image)
  }

  @Test("of color has red, green and blue of each pixel, raw or plain")
  func color() throws {
    let values: [UInt8] = [255, 0, 1, 2, 128, 3, 4, 5, 200, 6, 7, 8]
    let expected = [ReadImage(rows: 2, columns: 2, channels: 3, pixels: values)]
    let text = values.map(String.init).joined(separator: " ")
    #expect(try folder.readImages(Array("P6 2 2 255\n".utf8) + values) == expected)
    #expect(try folder.readImages(Array("P3 2 2 255\n\(text)\n".utf8)) == expected)
    #expect(try folder.readImages(gzip(Array("P3 2 2 255\n\(text)".utf8))) == expected)
    let wide = values.flatMap { [$0, $0] }
    #expect(try folder.readImages(Array("P6 2 2 65535\n".utf8) + wide) == expected)
    #expect(
      try folder.readImages(Array("P6 1 1 255\n".utf8) + [7, 8, 9] + Array("P2 1 1 9 9".utf8)) == [
        ReadImage(rows: 1, columns: 1, channels: 3, pixels: [7, 8, 9]),
        ReadImage(rows: 1, columns: 1, pixels: [255]),
      ])
    #expect(
      problem("P6 2 1 99\n", [1, 2, 3, 4, 5, 100])
        .contains("byte 15: found a color value of 100, expected at most 99"))
    #expect(
      problem("P6 2 1 255\n", [1, 2, 3, 4, 5])
        .contains("byte 16: found the end after 5 bytes of pixels, expected 6"))
    #expect(problem("P3 1 1 9 3 4").contains("found the end, expected white space"))
  }

  @Test("may hold several images, raw and plain and of different sizes")
  func sequence() throws {
    let bytes = Array("P5 2 1 255\n".utf8) + [1, 2] + Array("P2 1 2 9 0 9 P5 1 1 255 ".utf8) + [5]
    #expect(
      try folder.readImages(bytes) == [
        ReadImage(rows: 1, columns: 2, pixels: [1, 2]),
        ReadImage(rows: 2, columns: 1, pixels: [0, 255]),
        ReadImage(rows: 1, columns: 1, pixels: [5]),
      ])
  }

  @Test("is numbered only if it holds several images")
  func numbering() throws {
    for (count, isSequence) in [(1, false), (2, true), (3, true)] {
      let image = Array("P5 1 1 255\n".utf8) + [5]
      let path = try folder.write([[UInt8]](repeating: image, count: count).flatMap { $0 }, to: "p")
      let reader = try ImageReader(path: path)
      var pixel = [UInt8](repeating: 0, count: 1)
      for _ in 0..<count {
        _ = try reader.nextSize()
        try pixel.withUnsafeMutableBufferPointer { memory throws(DataError) in
          try reader.readPixels(into: memory)
        }
        #expect(reader.isSequence == isSequence)
      }
      #expect(try reader.nextSize() == nil)
    }
  }

  @Test("that is invalid is refused with the byte, what was found and what was expected")
  func problems() {
    #expect(problem("P5").contains("byte 2: found the end, expected white space"))
    #expect(problem("P54 1 255").contains("byte 2: found 34 (\"4\"), expected white space"))
    #expect(
      problem("P5 x 1 255")
        .contains("byte 3: found 78 (\"x\"), expected a width from 1 to 1024"))
    #expect(problem("P5 0 1 255").contains("byte 3: found 0, expected a width from 1 to 1024"))
    #expect(
      problem("P5 4 1025 255")
        .contains("byte 5: found 1025 or more, expected a height from 1 to 1024"))
    #expect(problem("P5 4 99999999999999999999999 255").contains("expected a height"))
    #expect(
      problem("P5 4 1 65536\n")
        .contains("byte 7: found 65536 or more, expected a largest gray value from 1 to 65535"))
    #expect(problem("P5 4 1 0\n").contains("byte 7: found 0, expected a largest gray value"))
    #expect(problem("P5 4 1 255").contains("byte 10: found the end, expected white space"))
    #expect(
      problem("P5 2 2 255\n", [1, 2, 3])
        .contains("byte 14: found the end after 3 bytes of pixels, expected 4"))
    #expect(
      problem("P5 2 1 999\n", [1, 2, 3])
        .contains("found the end after 3 bytes of pixels, expected 4"))
    #expect(
      problem("P5 2 1 99\n", [99, 100])
        .contains("byte 11: found a gray value of 100, expected at most 99"))
    #expect(
      problem("P5 2 1 999\n", [0, 1, 255, 255])
        .contains("byte 13: found a gray value of 65535, expected at most 999"))
    #expect(
      problem("P5 2 1 255\n", [1, 2, 10])
        .contains("byte 13: found 0a after an image, expected the end or another image in PGM"))
    #expect(
      problem("P2 2 1 9 3 10")
        .contains("byte 11: found 10 or more, expected a gray value from 0 to 9"))
    #expect(problem("P2 2 1 9 3").contains("found the end, expected white space"))
    #expect(problem("P2 2 1 9 3 4 5").contains("after an image"))
    #expect(problem("P2 2 1 9 3 -4").contains("found 2d (\"-\"), expected a gray value"))
  }
}
