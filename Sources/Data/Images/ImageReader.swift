import Files

/// Reads images from a file or standard input, one at a time, in constant memory.
///
/// The first bytes determine the format: IDX, PGM, PPM or PNG; plain or packed with gzip. Several
/// PGM, PPM or PNG images may follow one another.
package final class ImageReader {
  /// The path of the file, or "standard input", for messages.
  package let name: String
  private var decoder: any ImageDecoder
  /// The number of images read.
  package private(set) var count = 0

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: A file, pipe or device.
  ///   - wantsColor: Whether PNG images become red, green and blue values rather than gray ones;
  ///     nil for what each of them has. The other formats say what they are.
  ///   - allowsPipes: Whether pipes and devices are accepted.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` if the content is not images.
  package convenience init(
    path: String, wantsColor: Bool? = false, allowsPipes: Bool = true
  ) throws(DataError) {
    try self.init(
      DataError.wrapping { () throws(FileError) in
        try InputFile(path: path, allowsPipes: allowsPipes)
      }, wantsColor: wantsColor)
  }

  /// Opens standard input.
  ///
  /// - Parameter wantsColor: As for a file.
  /// - Returns: A reader of standard input.
  /// - Throws: `DataError`: `unreadable`, or `invalid` if the content is not images.
  package static func standardInput(wantsColor: Bool = false) throws(DataError) -> ImageReader {
    try ImageReader(
      DataError.wrapping { () throws(FileError) in
        try InputFile(standardInputAs: "standard input")
      }, wantsColor: wantsColor)
  }

  private init(_ file: consuming InputFile, wantsColor: Bool?) throws(DataError) {
    let bytes = ByteReader(try UnpackedStream(file))
    name = bytes.name
    let head = try bytes.lookAhead(4)
    if head.starts(with: [0, 0]) {
      decoder = try IDXImages(bytes)
    } else if NetpbmImages.isStart(head) {
      decoder = NetpbmImages(bytes)
    } else if head.elementsEqual(PNGChunks.signature.prefix(4)) {
      decoder = PNGImages(bytes, wantsColor: wantsColor)
    } else {
      throw bytes.invalid(
        "\(bytes.place): found \(describe(head))\(Self.resemblance(of: head)), expected images: "
          + "IDX (00 00 08 03 or 00 00 08 04), PGM (\"P2\" or \"P5\"), PPM (\"P3\" or \"P6\") or "
          + "PNG (89 50 4e 47)")
    }
  }

  /// Whether the file is an IDX file.
  package var isIDX: Bool { decoder is IDXImages }

  /// The name of a format that is not read, from a file's first bytes.
  private static func resemblance(of head: [UInt8]) -> String {
    let formats: [(start: [UInt8], name: String)] = [
      ([0xff, 0xd8, 0xff], "JPEG"), (Array("GIF8".utf8), "GIF"), (Array("RIFF".utf8), "WebP"),
      (Array("BM".utf8), "BMP"), (Array("II*".utf8), "TIFF"), (Array("MM".utf8), "TIFF"),
    ]
    return formats.first { head.starts(with: $0.start) }.map { ", as in \($0.name) files" } ?? ""
  }

  /// Reads up to the pixels of the next image.
  ///
  /// - Returns: The size of the image, whose pixels must be read next; nil at the end.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the position, what was found and what
  ///   was expected.
  package func nextSize() throws(DataError) -> ImageSize? {
    try decoder.nextSize()
  }

  /// Reads the pixels of the image that ``nextSize()`` found.
  ///
  /// - Parameter pixels: Receives the values (rows, columns, channels); 0 is black.
  /// - Throws: `DataError`: `unreadable`, or `invalid` with the position, what was found and what
  ///   was expected.
  package func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    try decoder.readPixels(into: pixels)
    count += 1
  }

  /// Whether the images are numbered: in IDX files, and if there are several images.
  ///
  /// Known after the first image was read.
  package var isSequence: Bool { count > 1 || decoder.expectsMore }
}

/// Reads the images of one format.
protocol ImageDecoder {
  /// Reads up to the pixels of the next image; nil at the end.
  mutating func nextSize() throws(DataError) -> ImageSize?
  /// Reads the pixels of the image that `nextSize` found.
  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError)
  /// Whether more images follow, or the format contains a number of images.
  var expectsMore: Bool { get }
}

/// Bytes as hexadecimal numbers and, if they are printable, as text; "the end" if there are none.
func describe(_ bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "the end" }
  let isText = bytes.allSatisfy { (0x20..<0x7f).contains($0) }
  return hexadecimal(bytes) + (isText ? " (\"\(String(decoding: bytes, as: UTF8.self))\")" : "")
}
