import TestSupport
import Testing

@testable import ImageData

@Suite("A PNG file")
struct PNGImagesTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Every gray value once.
  static let ramp = (0...255).map { UInt8($0) }
  static let rampFile = PNGFile.gray(rows: 8, columns: 32, ramp)

  static let rampImage = ReadImage(rows: 8, columns: 32, pixels: ramp)

  /// The pixels of the only image.
  func pixels(_ file: PNGFile) throws -> [UInt8] {
    let images = try folder.readImages(file.bytes)
    #expect(images.count == 1)
    return images.first?.pixels ?? []
  }

  /// A file with one pixel for every value, made of some samples.
  func ramp(
    _ color: PNGFile.Color, depth: UInt8 = 8, _ samples: (UInt8) -> [UInt8]
  ) -> PNGFile {
    PNGFile(
      columns: 256, rows: 1, depth: depth, color: color, lines: [Self.ramp.flatMap(samples)])
  }

  @Test("of 8-bit gray keeps every value")
  func gray() throws {
    #expect(try folder.readImages(Self.rampFile.bytes) == [Self.rampImage])
    #expect(try folder.readImages(gzip(Self.rampFile.bytes)) == [Self.rampImage])
  }

  @Test("keeps its values whatever gamma or profile it has")
  func gamma() throws {
    for gamma: UInt32 in [45_455, 100_000, 220_000, 1] {
      var file = Self.rampFile
      file.extra = [("gAMA", bigEndian(gamma)), ("tEXt", Array("Title\0a digit".utf8))]
      #expect(try folder.readImages(file.bytes) == [Self.rampImage])
    }
  }

  @Test("of 16-bit gray is converted to 8 bits")
  func gray16() throws {
    #expect(try pixels(ramp(.gray, depth: 16) { [$0, $0] }) == Self.ramp)
    let close = try pixels(ramp(.gray, depth: 16) { [$0, 0x80] })
    for (found, high) in zip(close, Self.ramp) { #expect(abs(Int(found) - Int(high)) <= 1) }
  }

  @Test("of fewer bits is converted to 8 bits", arguments: [1, 2, 4])
  func fewerBits(depth: Int) throws {
    let perByte = 8 / depth
    let largest = (1 << depth) - 1
    let file = PNGFile(
      columns: 256 * perByte, rows: 1, depth: UInt8(depth), lines: [Self.ramp])
    let expected = Self.ramp.flatMap { byte in
      (0..<perByte).map { place in
        UInt8((Int(byte) >> (8 - depth * (place + 1)) & largest) * 255 / largest)
      }
    }
    // 2048 columns are too many: of one bit, half of the bytes.
    if depth == 1 {
      let half = PNGFile(columns: 1024, rows: 1, depth: 1, lines: [Array(Self.ramp[..<128])])
      #expect(try pixels(half) == Array(expected[..<1024]))
    } else {
      #expect(try pixels(file) == expected)
    }
  }

  @Test("with gray RGB colors keeps every value, and pure green is brighter than blue")
  func colors() throws {
    #expect(try pixels(ramp(.rgb) { [$0, $0, $0] }) == Self.ramp)
    #expect(try pixels(ramp(.rgba) { [$0, $0, $0, 255] }) == Self.ramp)
    let primaries = PNGFile(
      columns: 3, rows: 1, color: .rgb, lines: [[255, 0, 0, 0, 255, 0, 0, 0, 255]])
    let found = try pixels(primaries)
    #expect(found[1] > found[0] && found[0] > found[2])
  }

  @Test("keeps red, green and blue where color is wanted, and has gray in all three")
  func wantedColor() throws {
    let colors = (0..<36).map { UInt8(7 * $0) }
    let file = PNGFile(
      columns: 4, rows: 3, color: .rgb,
      lines: (0..<3).map { Array(colors[12 * $0..<12 * $0 + 12]) })
    #expect(
      try folder.readImages(file.bytes, wantsColor: true)
        == [ReadImage(rows: 3, columns: 4, channels: 3, pixels: colors)])
    let gray = try folder.readImages(Self.rampFile.bytes, wantsColor: true)
    #expect(gray.first?.channels == 3)
    #expect(gray.first?.pixels == Self.ramp.flatMap { [$0, $0, $0] })
  }

  @Test("shows black through transparent pixels")
  func alpha() throws {
    #expect(try pixels(ramp(.grayAlpha) { [$0, 255] }) == Self.ramp)
    #expect(
      try pixels(ramp(.grayAlpha) { [$0, 0] }) == [UInt8](repeating: 0, count: 256))
    let half = try pixels(ramp(.grayAlpha) { [$0, 128] })
    #expect(half[255] > 0 && half[255] < 255)
    var keyed = Self.rampFile
    keyed.extra = [("tRNS", [0, 200])]
    var expected = Self.ramp
    expected[200] = 0
    #expect(try pixels(keyed) == expected)
  }

  @Test("of a palette has its colors' gray values")
  func palette() throws {
    var file = ramp(.palette) { [255 - $0] }
    file.extra = [("PLTE", Self.ramp.flatMap { [$0, $0, $0] })]
    #expect(try pixels(file) == Self.ramp.reversed())
  }

  @Test("may follow another")
  func sequence() throws {
    let small = PNGFile.gray(rows: 1, columns: 1, [9])
    #expect(
      try folder.readImages(Self.rampFile.bytes + small.bytes)
        == [Self.rampImage, ReadImage(rows: 1, columns: 1, pixels: [9])])
    #expect(
      folder.imageProblem(small.bytes + [1, 2])
        .contains("found 01 02, expected a PNG file's signature"))
  }

  @Test("is refused if libpng finds too few or too many pixels, with libpng's message")
  func pixelData() {
    var short = Self.rampFile
    short.lines.removeLast()
    var long = Self.rampFile
    long.lines.append(long.lines[0])
    var keyed = Self.rampFile
    keyed.extra = [("tRNS", [0])]
    for file in [short, long, keyed] {
      #expect(folder.imageProblem(file.bytes).contains("image 0: libpng cannot read it: "))
    }
  }

  @Test("with changed bytes and a valid CRC is read or refused, without a crash")
  func damage() throws {
    var noise = Noise()
    let header = PNGFile.sides(5, 4) + [8, 3, 0, 0, 0]
    let palette = samplePixels(30)
    let plain = PNGFile.gray(rows: 4, columns: 5, samplePixels(20)).bytes
    let pixels = Array(plain[(8 + 25 + 8)...].dropLast(12 + 4))
    for _ in 0..<300 {
      var parts = [header, palette, [1, 2, 3], pixels]
      for _ in 0...Int(noise.next() % 3) {
        let part = Int(noise.next()) % parts.count
        parts[part][Int(noise.next()) % parts[part].count] ^=
          UInt8(truncatingIfNeeded: 1 + noise.next() % 255)
      }
      let chunks = zip(["IHDR", "PLTE", "tRNS", "IDAT"], parts).flatMap { PNGFile.chunk($0, $1) }
      do {
        _ = try folder.readImages(PNGFile.signature + chunks + PNGFile.chunk("IEND", []))
      } catch let error as DataError {
        #expect(error.kind == .invalid)
      }
    }
  }

  @Test("that is interlaced has its pixels in their places")
  func interlaced() throws {
    // The seven passes of Adam7: first column and row, and the steps between.
    let passes = [
      (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
      (0, 1, 1, 2),
    ]
    var file = Self.rampFile
    file.isInterlaced = true
    file.lines = passes.flatMap { x, y, dx, dy in
      stride(from: y, to: 8, by: dy).map { row in
        stride(from: x, to: 32, by: dx).map { Self.ramp[row * 32 + $0] }
      }
    }
    #expect(try folder.readImages(file.bytes) == [Self.rampImage])
  }
}
