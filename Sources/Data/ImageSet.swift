/// Images of one size, each with a label.
public struct ImageSet: Sendable {
  /// The number of images and of labels, at least 1.
  public let count: Int

  /// The number of rows of an image.
  public let rows: Int

  /// The number of columns of an image.
  public let columns: Int

  /// Grey values (count, rows, columns): image by image, row by row; 0 is background.
  public let pixels: ByteStorage

  /// The class of each image (count).
  public let labels: ByteStorage

  /// The number of bytes of an image.
  public var pixelCount: Int { rows * columns }

  /// Combines images and labels.
  ///
  /// - Parameters:
  ///   - rows: The number of rows of an image, at least 1.
  ///   - columns: The number of columns of an image, at least 1.
  ///   - pixels: Grey values (labels.count, rows, columns).
  ///   - labels: The class of each image; at least one.
  public init(rows: Int, columns: Int, pixels: ByteStorage, labels: ByteStorage) {
    precondition(rows > 0 && columns > 0 && labels.count > 0, "an image set is not empty")
    precondition(pixels.count == labels.count * rows * columns, "one label for every image")
    self.count = labels.count
    self.rows = rows
    self.columns = columns
    self.pixels = pixels
    self.labels = labels
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
