import CPNG

/// Reads PNG images, one file's content after another.
struct PNGImages: ImageDecoder {
  private let bytes: ByteReader
  private let wantsColor: Bool?
  private var chunks: PNGChunks?
  private var number = 0
  private(set) var expectsMore = true

  /// Prepares reading.
  ///
  /// - Parameters:
  ///   - bytes: The reader of the file.
  ///   - wantsColor: Whether images become red, green and blue values rather than gray ones; nil
  ///     for what each of them has.
  init(_ bytes: ByteReader, wantsColor: Bool?) {
    self.bytes = bytes
    self.wantsColor = wantsColor
  }

  mutating func nextSize() throws(DataError) -> ImageSize? {
    guard expectsMore else { return nil }
    let chunks = try PNGChunks(bytes)
    self.chunks = chunks
    return ImageSize(
      rows: chunks.size.rows, columns: chunks.size.columns, channels: isColor(chunks) ? 3 : 1)
  }

  mutating func readPixels(into pixels: UnsafeMutableBufferPointer<UInt8>) throws(DataError) {
    guard let chunks else { preconditionFailure("nextSize comes first") }
    if let problem = Self.decode(chunks.content, isColor: isColor(chunks), into: pixels) {
      throw bytes.invalid("image \(number): libpng cannot read it: \(problem)")
    }
    number += 1
    self.chunks = nil
    expectsMore = try bytes.peek() != nil
  }

  private func isColor(_ chunks: PNGChunks) -> Bool { wantsColor ?? chunks.hasColor }

  /// Decodes an image to 8-bit gray or RGB with libpng.
  ///
  /// - Returns: The message of libpng; nil on success.
  private static func decode(
    _ content: [UInt8], isColor: Bool, into pixels: UnsafeMutableBufferPointer<UInt8>
  ) -> String? {
    // libpng keeps the address between calls.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    defer {
      png_image_free(image)
      image.deallocate()
    }
    // Transparent pixels show the background of training images, which is black.
    var background = png_color()
    let isRead = content.withUnsafeBytes { memory in
      guard png_image_begin_read_from_memory(image, memory.baseAddress, memory.count) != 0
      else { return false }
      precondition(
        Int(image.pointee.width) * Int(image.pointee.height) * (isColor ? 3 : 1) == pixels.count,
        "room for the image")
      image.pointee.format = isColor ? UInt32(PNG_FORMAT_RGB) : UInt32(PNG_FORMAT_GRAY)
      // 16-bit values have the same scale as 8-bit values, not a linear one.
      image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      return png_image_finish_read(image, &background, pixels.baseAddress, 0, nil) != 0
    }
    // A warning means invalid pixel data, since other chunks were left out.
    guard !isRead || image.pointee.warning_or_error != 0 else { return nil }
    return withUnsafeBytes(of: image.pointee.message) { message in
      String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
