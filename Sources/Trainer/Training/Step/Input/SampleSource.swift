import ImageData

/// Pointers to the images and labels of a data set, which must outlive this value.
package struct SampleSource: @unchecked Sendable {
  /// The values of all images, (samples, pixelCount).
  package let images: UnsafePointer<UInt8>
  /// The label of each image, (samples).
  package let labels: UnsafePointer<UInt8>
  /// The number of values of one image, each one byte: a pixel counts once for each channel.
  package let pixelCount: Int

  /// Creates a source from pointers.
  ///
  /// - Parameters:
  ///   - images: The values of all images, (samples, pixelCount).
  ///   - labels: The label of each image, (samples).
  ///   - pixelCount: The number of values of one image.
  package init(images: UnsafePointer<UInt8>, labels: UnsafePointer<UInt8>, pixelCount: Int) {
    self.images = images
    self.labels = labels
    self.pixelCount = pixelCount
  }

  /// Creates a source from a set of images.
  ///
  /// - Parameter images: The set, which must outlive the source.
  package init(_ images: ImageSet) {
    self.init(
      images: images.pixels.baseAddress, labels: images.labels.baseAddress,
      pixelCount: images.valueCount)
  }
}
