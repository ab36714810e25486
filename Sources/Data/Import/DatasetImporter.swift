import Files
import ImageData
import Parallel

/// Makes data sets from images in other forms.
package enum DatasetImporter {
  /// A data set that was read completely, and what the user should know of it.
  package struct Imported: Sendable {
    /// The data set, in memory.
    package let dataset: Dataset
    /// Notes on what was left out or is unusual, as sentences.
    package let notes: [String]
  }

  /// Reads and checks a source, and divides it into training and test images.
  ///
  /// - Parameters:
  ///   - request: The source, and what is made of it.
  ///   - directory: The directory that the data set is for; it is not accessed.
  ///   - progress: Called with progress, from any thread, but by one thread at a time.
  /// - Returns: The data set.
  /// - Throws: `DataError`: `usage` for requests that have no effect on such a source, and for a
  ///   directory with the name of another data set; `notFound`, `unreadable`; `invalid` with the
  ///   file, line or member, what was found and what was expected; `refused` without memory;
  ///   `stopped` after a signal.
  package static func read(
    _ request: ImportRequest, for directory: String,
    progress: @escaping @Sendable (ImportProgress) -> Void = { _ in }
  ) throws(DataError) -> Imported {
    let kind = try SourceKind(of: request.source)
    try kind.check(request)
    var source = try kind.read(request, progress: progress)
    try source.applyValidation(request)
    let classes = try ClassTable(source.training)
    try requireLoadable(classes.names.count, for: directory)
    if let test = source.test {
      try test.requireSize(of: source.training)
      try ImportSplit.refuseOptions(request)
    }
    let (training, test) = try ImportSplit.sets(of: source, classes: classes, request)
    let dataset = Dataset(
      name: PathNames.name(of: directory), directory: directory, training: training, test: test,
      classCount: classes.names.count, classNames: classes.names)
    return Imported(dataset: dataset, notes: source.notes + untested(dataset, classes.names))
  }

  /// Writes a data set to a new directory, which appears when it is complete.
  ///
  /// - Parameters:
  ///   - dataset: The data set; its directory does not exist, or is empty.
  ///   - progress: Called when writing starts.
  /// - Throws: `DataError`: `unwritable`, or `stopped` after a signal. Nothing is left then.
  package static func write(
    _ dataset: Dataset, progress: (ImportProgress) -> Void = { _ in }
  ) throws(DataError) {
    progress(.writing)
    let folder = try DataError.writing { () throws(FileError) in
      try AtomicFolder(path: dataset.directory)
    }
    defer { folder.discard() }
    try DatasetWriter.write(dataset, to: folder.temporary) { () throws(DataError) in
      try ImportStop.check()
    }
    try ImportStop.check()
    try StopSignals.whileWaiting { () throws(DataError) in
      try DataError.writing { () throws(FileError) in try folder.commit() }
    }
  }

  /// Refuses a directory whose name is that of a published data set with another number of classes.
  private static func requireLoadable(
    _ classCount: Int, for directory: String
  ) throws(DataError) {
    guard let known = KnownDataset.matching(PathNames.name(of: directory)),
      known.classCount != classCount
    else { return }
    throw DataError(
      .usage,
      "\(setting: "output") is \(directory), but a data set of that name must have the "
        + "\(known.classCount) classes of \(known.title), found \(classCount) classes; another "
        + "name has no such limit")
  }

  /// A note on classes without test images, if there are any.
  private static func untested(_ dataset: Dataset, _ names: [String]) -> [String] {
    let counts = dataset.test.histogram(classCount: dataset.classCount)
    let missing = counts.indices.filter { counts[$0] == 0 }.map { "'\(names[$0])'" }
    if missing.isEmpty { return [] }
    return ["no test image of class\(missing.count == 1 ? "" : "es") \(listed(missing))"]
  }
}
