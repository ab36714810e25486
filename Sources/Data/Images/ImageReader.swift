import Files

/// Grey images in a file or on standard input, one after the other; memory use is constant.
///
/// What the content is, its first bytes say: IDX, PGM or, in a build that reads it, PNG; each plain or
/// packed with gzip. PGM and PNG images may follow one another.
package final class ImageReader {
  /// The file's path, or "standard input", for messages.
  package let name: String
  private var decoder: any ImageDecoder
  /// How many images were read.
  package private(set) var count = 0

  /// Opens a file.
  ///
  /// - Parameter path: A file, pipe or device.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` where the content is no images.
  package convenience init(path: String) throws(DataError) {
    try self.init(
      DataError.wrapping { () throws(FileError) in try InputFile(path: path, allowsPipes: true) })
  }

  /// Opens standard input.
  ///
  /// - Returns: Its reader.
  /// - Throws: `DataError`: `unreadable`, or `invalid` where the content is no images.
  package static func standardInput() throws(DataError) -> ImageReader {
    try ImageReader(
      DataError.wrapping { () throws(FileError) in
        try InputFile(standardInputAs: "standard input")
      })
  }

  private init(_ file: consuming InputFile) throws(DataError) {
    let bytes = ByteReader(try UnpackedStream(file))
    name = bytes.name
    let head = try bytes.lookAhead(4)
    if head.starts(with: [0, 0]) {
      decoder = try IDXImages(bytes)
    } else if head.starts(with: Array("P2".utf8)) || head.starts(with: Array("P5".utf8)) {
      decoder = PGMImages(bytes)
    } else if head.elementsEqual(PNGChunks.signature.prefix(4)) {
      #if PNG
        decoder = PNGImages(bytes)
      #else
        throw bytes.invalid(
          "found a PNG image, which this build cannot read: install libpng with its headers "
            + "(libpng-dev) and build with `swift build --traits PNG`, or convert the image to PGM")
      #endif
    } else {
      throw bytes.invalid(
        "\(bytes.place): found \(describe(head)), expected images: IDX (00 00 08 03), PGM (\"P2\" or "
          + "\"P5\") or PNG (89 50 4e 47)")
    }
  }

  /// Reads on to the next image's pixels.
  ///
  /// - Returns: The image's size, whose pixels are to be read next; nil where there is none left.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the place, what was found and what was
  ///   expected.
  package func nextSize() throws(DataError) -> ImageSize? {
    try decoder.nextSize()
  }

  /// Reads the pixels of the image that ``nextSize()`` found.
  ///
  /// - Parameter pixels: As many as the size has; filled with grey values, row by row, 0 is black.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the place, what was found and what was
  ///   expected.
  package func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    try decoder.readPixels(into: pixels)
    count += 1
  }

  /// Whether the images are numbered, as in IDX or where there are several.
  ///
  /// Known once the first was read.
  package var isSequence: Bool { count > 1 || decoder.expectsMore }
}

/// Reads the images of one format.
protocol ImageDecoder {
  /// Reads up to the next image's pixels; nil at the end.
  mutating func nextSize() throws(DataError) -> ImageSize?
  /// Reads the pixels of the image that `nextSize` found.
  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError)
  /// Whether more than the image read last is expected, or the format counts its images.
  var expectsMore: Bool { get }
}

/// Bytes as numbers and, where they can be printed, as text; or the end.
func describe(_ bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "the end" }
  let isText = bytes.allSatisfy { (0x20..<0x7f).contains($0) }
  return hexadecimal(bytes) + (isText ? " (\"\(String(decoding: bytes, as: UTF8.self))\")" : "")
}
