/// Images of one size, each with a label.
public struct ImageSet: Sendable {
  /// The number of images and of labels, at least 1.
  public let count: Int

  /// The size of an image.
  package let imageSize: ImageSize

  /// The dimensions of the images' file: images, rows, columns and, if the file has four, channels.
  let dimensions: [Int]

  /// The values of pixels (count, rows, columns, channels): image by image, row by row, channels
  /// last; 0 is background.
  public let pixels: ByteStorage

  /// The class of each image (count).
  public let labels: ByteStorage

  /// The SHA-256 of the labels' file if its labels are not bytes, so that it does not follow from
  /// `labels`.
  let labelDigest: String?

  /// The number of rows of an image.
  public var rows: Int { imageSize.rows }

  /// The number of columns of an image.
  public var columns: Int { imageSize.columns }

  /// The number of channels of an image: 1 for gray, 3 for red, green and blue.
  public var channels: Int { imageSize.channels }

  /// The number of values of an image, each one byte: rows x columns x channels.
  public var valueCount: Int { imageSize.valueCount }

  /// Combines images and labels that fit each other.
  ///
  /// - Parameters:
  ///   - rows: The number of rows of an image, at least 1.
  ///   - columns: The number of columns of an image, at least 1.
  ///   - channels: The number of channels of an image, at least 1.
  ///   - pixels: The values of pixels (labels.count, rows, columns, channels).
  ///   - labels: The class of each image; at least one.
  package init(
    rows: Int, columns: Int, channels: Int = 1, pixels: ByteStorage, labels: ByteStorage
  ) {
    self.init(
      size: ImageSize(rows: rows, columns: columns, channels: channels),
      dimensionCount: channels == 1 ? 3 : 4, pixels: pixels, labels: labels)
  }

  /// Combines the content of two files.
  ///
  /// - Parameters:
  ///   - size: The size of an image.
  ///   - dimensionCount: The number of dimensions of the images' file, for its digest: 4, or 3 for
  ///     images of one channel.
  ///   - pixels: The values of pixels (labels.count, rows, columns, channels).
  ///   - labels: The class of each image; at least one.
  ///   - labelDigest: The SHA-256 of the labels' file if its labels are not bytes.
  init(
    size: ImageSize, dimensionCount: Int, pixels: ByteStorage, labels: ByteStorage,
    labelDigest: String? = nil
  ) {
    precondition(
      size.rows > 0 && size.columns > 0 && size.channels > 0 && labels.count > 0,
      "an image set is not empty")
    precondition(pixels.count == labels.count * size.valueCount, "one label for every image")
    precondition(dimensionCount == 4 || size.channels == 1, "several channels are a dimension")
    count = labels.count
    imageSize = size
    dimensions = Array(
      [labels.count, size.rows, size.columns, size.channels].prefix(dimensionCount))
    self.pixels = pixels
    self.labels = labels
    self.labelDigest = labelDigest
  }

  /// The number of images of each class.
  ///
  /// - Parameter classCount: The number of classes, larger than every label.
  /// - Returns: The numbers of images (classCount), whose sum is `count`.
  public func histogram(classCount: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }
}
