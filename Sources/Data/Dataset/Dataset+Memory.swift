import Files

extension ImageSet {
  /// Combines images and labels in memory.
  ///
  /// - Parameters:
  ///   - rows: The number of rows of an image, 1 to 1024.
  ///   - columns: The number of columns of an image, 1 to 1024.
  ///   - channels: The number of channels of an image, 1 to 64: 1 for gray, 3 for red, green and
  ///     blue.
  ///   - pixels: The values of pixels (labels.count, rows, columns, channels): image by image, row
  ///     by row, channels last.
  ///   - labels: The class of each image, from 0; at least one.
  /// - Throws: `DataError`: `invalid` with what was found and what was expected; `refused` if there
  ///   is not enough memory.
  public init(
    rows: Int, columns: Int, channels: Int = 1, pixels: [UInt8], labels: [UInt8]
  ) throws(DataError) {
    let size = ImageSize(rows: rows, columns: columns, channels: channels)
    // Sides first: the product of any numbers might overflow.
    guard
      ImageSize.sides.contains(rows), ImageSize.sides.contains(columns),
      ImageSize.channelCounts.contains(channels), size.isAllowed
    else {
      throw DataError(
        .invalid,
        "found images of \(rows) x \(columns) pixels with \(channels) channels, expected at least "
          + "one of each and at most \(ImageSize.limits)")
    }
    guard !labels.isEmpty else { throw DataError(.invalid, "found no labels, expected at least 1") }
    guard pixels.count == labels.count * size.valueCount else {
      throw DataError(
        .invalid,
        "found \(pixels.count) values of pixels, expected \(labels.count * size.valueCount): "
          + "\(labels.count) labels of images of \(size)")
    }
    self.init(
      rows: rows, columns: columns, channels: channels, pixels: try ByteStorage(pixels),
      labels: try ByteStorage(labels))
  }
}

extension Dataset {
  /// Combines two image sets in memory.
  ///
  /// - Parameters:
  ///   - name: The data set's name, for records and model files.
  ///   - training: The training images.
  ///   - test: The test images, of the same size.
  ///   - classCount: The number of classes, 1 to 256; every label must be smaller.
  ///   - classNames: The names of the classes, class 0 first; nil if they have none.
  /// - Throws: `DataError` of kind `invalid` with what was found and what was expected.
  public init(
    name: String, training: ImageSet, test: ImageSet, classCount: Int, classNames: [String]? = nil
  ) throws(DataError) {
    guard training.imageSize == test.imageSize else {
      throw DataError(
        .invalid,
        "found test images of \(test.imageSize), expected \(training.imageSize) as in the training "
          + "set")
    }
    guard Self.classCounts.contains(classCount) else {
      throw DataError(
        .invalid,
        "found \(classCount) classes, expected \(Self.classCounts.lowerBound) to "
          + "\(Self.classCounts.upperBound)")
    }
    for (set, images) in [("training", training), ("test", test)] {
      guard let index = images.labels.firstIndex(where: { $0 >= classCount }) else { continue }
      throw DataError(
        .invalid,
        "found label \(images.labels[index]) of \(set) sample \(index), expected 0 to "
          + "\(classCount - 1)")
    }
    if let classNames, classNames.count != classCount {
      throw DataError(
        .invalid, "found names of \(classNames.count) classes, expected \(classCount)")
    }
    self.init(
      name: name, directory: "", training: training, test: test, classCount: classCount,
      classNames: classNames)
  }

  /// The numbers of classes that labels of one byte can have.
  private static let classCounts = 1...256
}
