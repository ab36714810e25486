/// Images of one size, each with its class.
public struct ImageSet: Sendable {
  /// The number of images and of labels, at least 1.
  public let count: Int

  /// Rows of an image.
  public let rows: Int

  /// Columns of an image.
  public let columns: Int

  /// Grey values, (count, rows, columns): image after image, row after row; 0 is background.
  public let pixels: ByteStorage

  /// Classes, (count).
  public let labels: ByteStorage

  /// Bytes of an image.
  public var pixelCount: Int { rows * columns }

  /// Puts images and labels together.
  ///
  /// - Parameters:
  ///   - rows: Rows of an image, at least 1.
  ///   - columns: Columns of an image, at least 1.
  ///   - pixels: Grey values, (labels.count, rows, columns).
  ///   - labels: A class for every image; at least one.
  public init(rows: Int, columns: Int, pixels: ByteStorage, labels: ByteStorage) {
    precondition(rows > 0 && columns > 0 && labels.count > 0, "an image set is not empty")
    precondition(pixels.count == labels.count * rows * columns, "one label for every image")
    self.count = labels.count
    self.rows = rows
    self.columns = columns
    self.pixels = pixels
    self.labels = labels
  }

  /// How many images each class has.
  ///
  /// - Parameter classCount: More than the largest label.
  /// - Returns: (classCount) numbers that add up to `count`.
  public func histogram(classCount: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels { counts[Int(label)] += 1 }
    return counts
  }
}
