import CKernels
import ImageData

/// An image as numbers from 0 to 1, with zeros around it, which maps of pixels sample.
struct PaddedImage: Sendable {
  private let size: ImageSize

  /// Prepares for images of a size.
  init(_ size: ImageSize) {
    self.size = size
  }

  /// The floats of a padded image.
  var count: Int {
    let padding = PADDING_BEFORE + PADDING_AFTER
    return (size.rows + padding) * (size.columns + padding) * size.channels
  }

  /// Writes a padded image.
  ///
  /// - Parameters:
  ///   - image: The image's bytes (rows, columns, channels).
  ///   - memory: ``count`` floats, overwritten.
  func write(_ image: UnsafePointer<UInt8>, to memory: UnsafeMutablePointer<Float>) {
    kernel_pad_image(image, Int64(size.rows), Int64(size.columns), Int64(size.channels), memory)
  }
}
