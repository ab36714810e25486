import ImageData
import Pages

/// An image of a data set as a page shows it.
enum ShownImage {
  /// The channels that are shown: three are red, green and blue; of any other number, the first in
  /// gray.
  static func channels(of size: ImageSize) -> Int { size.channels == 3 ? 3 : 1 }

  /// The image as a `data:` URL.
  ///
  /// - Parameters:
  ///   - pixels: The values, (rows, columns, channels).
  ///   - size: The image's size.
  /// - Returns: The URL of a PNG file.
  /// - Throws: `CompressionError` if the image cannot be encoded.
  static func address(of pixels: [UInt8], size: ImageSize) throws -> String {
    let channels = channels(of: size)
    let shown =
      channels == size.channels
      ? pixels
      : stride(from: 0, to: pixels.count, by: size.channels).flatMap { pixels[$0..<$0 + channels] }
    return try PNGImage(
      pixels: shown, rows: size.rows, columns: size.columns, channels: channels
    ).address
  }
}
