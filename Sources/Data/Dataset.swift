/// A training set and a test set of the same kind of images.
public struct Dataset: Sendable {
  /// The data set's name.
  public let name: String

  /// The directory it was loaded from.
  public let directory: String

  /// The images to train on.
  public let training: ImageSet

  /// The images to test on.
  public let test: ImageSet

  /// The number of classes; every label is below it.
  public let classCount: Int

  /// The files' digests, once somebody has asked for them.
  let knownDigests = DigestMemory()

  /// Puts two image sets together.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - directory: Where it comes from, for records.
  ///   - training: The images to train on.
  ///   - test: The images to test on, of the same size.
  ///   - classCount: More than the largest label of both.
  public init(
    name: String, directory: String, training: ImageSet, test: ImageSet, classCount: Int
  ) {
    precondition(
      training.rows == test.rows && training.columns == test.columns, "images of one size")
    self.name = name
    self.directory = directory
    self.training = training
    self.test = test
    self.classCount = classCount
  }

  /// Loads the four files, at the same time where there are cores.
  ///
  /// A published data set has its published number of classes; any other as many as its largest
  /// training label says.
  ///
  /// - Parameter location: The directory and the name.
  /// - Returns: The data; pixels stay bytes.
  /// - Throws: `DataError`: `notFound`, `unreadable`, or `invalid` with the file, the place, what was
  ///   found and what was expected.
  public static func load(from location: DatasetLocation) throws(DataError) -> Dataset {
    let paths = try location.files()
    // The longest first, so that the others are read beside it.
    let order: [DatasetFile] = [.trainingImages, .testImages, .trainingLabels, .testLabels]
    let loaded = concurrentMap(count: order.count) { index in
      Result { () throws(DataError) -> LoadedFile in
        try LoadedFile(path: paths[order[index], default: ""], content: order[index].content)
      }
    }
    return try Dataset(
      location: location,
      trainingImages: loaded[0].get(), trainingLabels: loaded[2].get(),
      testImages: loaded[1].get(), testLabels: loaded[3].get())
  }
}

/// A file's content, and the path that messages name.
private struct LoadedFile: Sendable {
  let path: String
  let header: IDXHeader
  let data: ByteStorage

  init(path: String, content: IDXContent) throws(DataError) {
    let file = try IDXFile(path: path, content: content)
    self.path = path
    header = file.header
    data = file.data
  }
}

extension Dataset {
  /// Puts four files together, once they are seen to belong together.
  fileprivate init(
    location: DatasetLocation, trainingImages: LoadedFile, trainingLabels: LoadedFile,
    testImages: LoadedFile, testLabels: LoadedFile
  ) throws(DataError) {
    let training = try Self.imageSet(trainingImages, trainingLabels)
    let test = try Self.imageSet(testImages, testLabels)
    guard training.rows == test.rows, training.columns == test.columns else {
      throw .invalid(
        testImages.path,
        "found images of \(test.rows) x \(test.columns), expected "
          + "\(training.rows) x \(training.columns) as in \(trainingImages.path)")
    }
    let classCount: Int
    if let known = KnownDataset.named(location.name) {
      classCount = known.classCount
      try Self.check(
        trainingLabels, below: classCount, reason: "\(known.title) has \(classCount) classes")
      try Self.check(
        testLabels, below: classCount, reason: "\(known.title) has \(classCount) classes")
    } else {
      classCount = 1 + Int(training.labels.max() ?? 0)
      try Self.check(
        testLabels, below: classCount, reason: "the largest label in \(trainingLabels.path)")
    }
    self.init(
      name: location.name, directory: location.directory, training: training, test: test,
      classCount: classCount)
  }

  private static func imageSet(
    _ images: LoadedFile, _ labels: LoadedFile
  ) throws(DataError) -> ImageSet {
    guard images.header.count == labels.header.count else {
      throw .invalid(
        labels.path,
        "found \(labels.header.count) labels, expected \(images.header.count): one for "
          + "each image in \(images.path)")
    }
    return ImageSet(
      rows: images.header.rows, columns: images.header.columns, pixels: images.data,
      labels: labels.data)
  }

  /// Refuses a label that is no class.
  private static func check(
    _ labels: LoadedFile, below classCount: Int, reason: String
  ) throws(DataError) {
    guard let index = labels.data.firstIndex(where: { $0 >= classCount }) else { return }
    throw .invalid(
      labels.path,
      "byte \(IDXContent.labels.headerSize + index) of the unpacked data: found label "
        + "\(labels.data[index]) of sample \(index), expected 0 to \(classCount - 1) (\(reason))")
  }
}
