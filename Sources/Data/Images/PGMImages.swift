/// Reads images in Netpbm's grey format, plain (P2) or raw (P5), one after the other.
///
/// Source: the format's manual, https://netpbm.sourceforge.net/doc/pgm.html. Grey values are scaled
/// from 0...maximum to 0...255 and rounded.
struct PGMImages: ImageDecoder {
  private let bytes: ByteReader
  private var isPlain = false
  private var maximum = 255
  private(set) var expectsMore = true

  private static let largestMaximum = 65_535

  init(_ bytes: ByteReader) {
    self.bytes = bytes
  }

  mutating func nextSize() throws(DataError) -> ImageSize? {
    guard expectsMore else { return nil }
    let place = bytes.place
    let magic = try bytes.read(2)
    guard magic == Array("P2".utf8) || magic == Array("P5".utf8) else {
      throw bytes.invalid(
        "\(place): found \(describe(magic)) after an image, expected the end or another PGM image")
    }
    isPlain = magic[1] == UInt8(ascii: "2")
    let sides = 1...IDXHeader.maximumSide
    let columns = try number("width", in: sides)
    let rows = try number("height", in: sides)
    maximum = try number("largest grey value", in: 1...Self.largestMaximum)
    if !isPlain { try skipOneSeparator() }
    return ImageSize(rows: rows, columns: columns)
  }

  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    if isPlain {
      for index in pixels.indices {
        pixels[index] = scaled(try number("grey value", in: 0...maximum))
      }
    } else {
      try readRaw(into: pixels)
    }
    expectsMore = try bytes.peek() != nil
    if expectsMore && isPlain {
      try skipSeparators()
      expectsMore = try bytes.peek() != nil
    }
  }

  /// Reads one byte per pixel, or two (big-endian) if the maximum is above 255.
  private func readRaw(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    let width = maximum > 255 ? 2 : 1
    let start = bytes.position
    let raster = try bytes.read(pixels.count * width)
    guard raster.count == pixels.count * width else {
      throw bytes.invalid(
        "\(bytes.place): found the end after \(raster.count) bytes of pixels, expected "
          + "\(pixels.count * width)")
    }
    for index in pixels.indices {
      let value =
        width == 1 ? Int(raster[index]) : Int(raster[2 * index]) << 8 | Int(raster[2 * index + 1])
      guard value <= maximum else {
        throw bytes.invalid(
          "\(bytes.place(at: start + index * width)): found a grey value of \(value), expected at "
            + "most \(maximum)")
      }
      pixels[index] = scaled(value)
    }
  }

  private func scaled(_ value: Int) -> UInt8 {
    UInt8((value * 255 + maximum / 2) / maximum)
  }

  /// Reads a decimal number after white space and comments.
  private func number(_ name: String, in range: ClosedRange<Int>) throws(DataError) -> Int {
    try skipSeparators()
    let place = bytes.place
    let expected = "expected a \(name) from \(range.lowerBound) to \(range.upperBound)"
    var number: Int?
    while let byte = try bytes.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      _ = try bytes.next()
      let longer = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
      guard longer <= range.upperBound else {
        throw bytes.invalid("\(place): found \(longer) or more, \(expected)")
      }
      number = longer
    }
    guard let number else {
      let found = try bytes.lookAhead(1)
      throw bytes.invalid("\(place): found \(describe(found)), \(expected)")
    }
    guard range.contains(number) else {
      throw bytes.invalid("\(place): found \(number), \(expected)")
    }
    return number
  }

  /// Skips white space and comments of at least one byte.
  private func skipSeparators() throws(DataError) {
    try skipOneSeparator()
    while let byte = try bytes.peek(), Self.isSeparator(byte) { try skipOneSeparator() }
  }

  /// Skips one byte of white space, or a comment with its line feed.
  private func skipOneSeparator() throws(DataError) {
    guard let byte = try bytes.peek(), Self.isSeparator(byte) else {
      let found = try bytes.lookAhead(1)
      throw bytes.invalid("\(bytes.place): found \(describe(found)), expected white space")
    }
    _ = try bytes.next()
    guard byte == UInt8(ascii: "#") else { return }
    while let byte = try bytes.next(), byte != UInt8(ascii: "\n") {}
  }

  /// Whether a byte is white space or starts a comment.
  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte) || byte == UInt8(ascii: "#")
  }
}
