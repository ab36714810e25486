/// A training set and a test set of images of one size.
public struct Dataset: Sendable {
  /// The data set's name.
  public let name: String

  /// The directory it was loaded from; empty if it was made in memory.
  public let directory: String

  /// The training images.
  public let training: ImageSet

  /// The test images.
  public let test: ImageSet

  /// The number of classes; every label is smaller.
  public let classCount: Int

  /// The names of the classes that its directory or its name tells, class 0 first; nil if neither
  /// does.
  let ownClassNames: [String]?

  /// The files' digests, computed when they are first needed.
  let knownDigests = DigestMemory()

  /// Combines two image sets that fit each other.
  ///
  /// - Parameters:
  ///   - name: The data set's name.
  ///   - directory: Where it comes from, for records.
  ///   - training: The training images.
  ///   - test: The test images, of the same size.
  ///   - classCount: The number of classes, larger than every label.
  ///   - classNames: The names of the classes, class 0 first; nil if they are not known.
  package init(
    name: String, directory: String, training: ImageSet, test: ImageSet, classCount: Int,
    classNames: [String]? = nil
  ) {
    precondition(training.imageSize == test.imageSize, "images of one size")
    precondition(classNames?.count ?? classCount == classCount, "one name for each class")
    self.name = name
    self.directory = directory
    self.training = training
    self.test = test
    self.classCount = classCount
    ownClassNames = classNames
  }

  /// Loads the four files, in parallel if there are several cores.
  ///
  /// A published data set has its published number of classes. For other data sets, it is one more
  /// than the largest training label. The names of the classes are those of `classes.txt` in the
  /// directory, if there is one.
  ///
  /// - Parameter location: The directory, and the name of the data set.
  /// - Returns: The data set; pixels stay bytes.
  /// - Throws: `DataError`: `notFound`, `unreadable`, `refused`, or `invalid` with the file, the
  ///   position, what was found and what was expected.
  public static func load(from location: DatasetLocation) throws(DataError) -> Dataset {
    let paths = try location.files()
    // The largest file first, so that the others are read at the same time.
    let order: [DatasetFile] = [.trainingImages, .testImages, .trainingLabels, .testLabels]
    var opened: [OpenIDXFile] = []
    for file in order {
      opened.append(try OpenIDXFile(path: paths[file, default: ""], content: file.content))
    }
    try DataMemory.require(
      opened.reduce(0) { $0 + $1.header.dataSize }, for: "\(location.directory): the four files")
    let files = opened
    let loaded = concurrentMap(count: files.count) { index in
      Result { () throws(DataError) -> LoadedFile in try LoadedFile(files[index]) }
    }
    return try Dataset(
      location: location,
      trainingImages: loaded[0].get(), trainingLabels: loaded[2].get(),
      testImages: loaded[1].get(), testLabels: loaded[3].get())
  }
}

/// The content of a file, and the path that messages name.
private struct LoadedFile: Sendable {
  let path: String
  let header: IDXHeader
  let data: ByteStorage
  let digest: String?

  init(_ opened: OpenIDXFile) throws(DataError) {
    let file = try opened.read()
    path = opened.path
    header = file.header
    data = file.data
    digest = file.digest
  }
}

extension Dataset {
  /// The names of the classes, class 0 first.
  ///
  /// - Returns: Those of `classes.txt`, otherwise those of the published data set that this is; nil
  ///   if neither is known. A published data set may have to be recognized by its digests, which
  ///   takes time once.
  package func classNames() -> [String]? {
    ownClassNames ?? KnownDataset.published(fileDigests())?.classNames
  }
}

extension Dataset {
  /// Combines four files after checking that they match.
  fileprivate init(
    location: DatasetLocation, trainingImages: LoadedFile, trainingLabels: LoadedFile,
    testImages: LoadedFile, testLabels: LoadedFile
  ) throws(DataError) {
    let training = try Self.imageSet(trainingImages, trainingLabels)
    let test = try Self.imageSet(testImages, testLabels)
    guard training.imageSize == test.imageSize else {
      throw .invalid(
        testImages.path,
        "found images of \(test.imageSize), expected \(training.imageSize) as in "
          + "\(trainingImages.path)")
    }
    let classCount: Int
    let known = KnownDataset.matching(location.name)
    if let known {
      classCount = known.classCount
      let reason = "\(known.title) has \(classCount) classes\(known.labelNote)"
      try Self.check(trainingLabels, below: classCount, reason: reason)
      try Self.check(testLabels, below: classCount, reason: reason)
    } else {
      classCount = 1 + Int(training.labels.max() ?? 0)
      try Self.check(
        testLabels, below: classCount, reason: "the largest label in \(trainingLabels.path)")
    }
    // Where digests are known they tell, not the name.
    let knownNames = known.flatMap { $0.digests.isEmpty ? $0.classNames : nil }
    self.init(
      name: location.name, directory: location.directory, training: training, test: test,
      classCount: classCount,
      classNames: try ClassNames.read(in: location, classCount: classCount) ?? knownNames)
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
      size: images.header.imageSize, dimensionCount: images.header.dimensionCount,
      pixels: images.data, labels: labels.data, labelDigest: labels.digest)
  }

  /// Throws an error for a label that is not a class.
  private static func check(
    _ labels: LoadedFile, below classCount: Int, reason: String
  ) throws(DataError) {
    guard let index = labels.data.firstIndex(where: { $0 >= classCount }) else { return }
    throw .invalid(
      labels.path,
      "byte \(labels.header.position(ofSample: index)) of the unpacked data: found label "
        + "\(labels.data[index]) of sample \(index), expected 0 to \(classCount - 1) (\(reason))")
  }
}
