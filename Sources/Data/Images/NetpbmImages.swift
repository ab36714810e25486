/// Reads images in Netpbm's formats PGM (gray) and PPM (red, green and blue), one after the other.
///
/// Source: the formats' manuals, https://netpbm.sourceforge.net/doc/pgm.html and ppm.html. Values are
/// scaled from 0...maximum to 0...255 and rounded.
struct NetpbmImages: ImageDecoder {
  /// The kind of an image, from its first two bytes.
  private struct Kind {
    let isPlain: Bool
    let isColor: Bool

    /// Nil for another format.
    init?(magic: some Collection<UInt8>) {
      switch String(decoding: magic, as: UTF8.self) {
      case "P2": (isPlain, isColor) = (true, false)
      case "P3": (isPlain, isColor) = (true, true)
      case "P5": (isPlain, isColor) = (false, false)
      case "P6": (isPlain, isColor) = (false, true)
      default: return nil
      }
    }

    var valueName: String { isColor ? "color value" : "gray value" }
  }

  private let bytes: ByteReader
  private var kind: Kind?
  private var maximum = 255
  private(set) var expectsMore = true

  private static let largestMaximum = 65_535

  init(_ bytes: ByteReader) {
    self.bytes = bytes
  }

  /// Whether a file starts like one of these formats.
  static func isStart(_ bytes: [UInt8]) -> Bool { Kind(magic: bytes.prefix(2)) != nil }

  mutating func nextSize() throws(DataError) -> ImageSize? {
    guard expectsMore else { return nil }
    let place = bytes.place
    let magic = try bytes.read(2)
    guard let kind = Kind(magic: magic) else {
      throw bytes.invalid(
        "\(place): found \(describe(magic)) after an image, expected the end or another image in "
          + "PGM or PPM")
    }
    self.kind = kind
    let columns = try number("width", in: ImageSize.sides)
    let rows = try number("height", in: ImageSize.sides)
    maximum = try number("largest \(kind.valueName)", in: 1...Self.largestMaximum)
    if !kind.isPlain { try skipOneSeparator() }
    return ImageSize(rows: rows, columns: columns, channels: kind.isColor ? 3 : 1)
  }

  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    guard let kind else { preconditionFailure("nextSize comes first") }
    if kind.isPlain {
      for index in pixels.indices {
        pixels[index] = scaled(try number(kind.valueName, in: 0...maximum))
      }
    } else {
      try readRaw(kind, into: pixels)
    }
    expectsMore = try bytes.peek() != nil
    if expectsMore && kind.isPlain {
      try skipSeparators()
      expectsMore = try bytes.peek() != nil
    }
  }

  /// Reads one byte per value, or two (big-endian) if the maximum is above 255.
  private func readRaw(
    _ kind: Kind, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) throws(DataError) {
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
          "\(bytes.place(at: start + index * width)): found a \(kind.valueName) of \(value), "
            + "expected at most \(maximum)")
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
