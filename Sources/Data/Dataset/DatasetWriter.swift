import Files

/// Writes a data set as four packed IDX files and a file with the names of its classes.
package enum DatasetWriter {
  private static let chunkSize = 1 << 20

  /// Writes the files, in parallel if there are several cores.
  ///
  /// Equal data sets give files with equal bytes.
  ///
  /// - Parameters:
  ///   - dataset: The data set; errors name the files in its directory.
  ///   - directory: Where they are written: its directory, or a temporary one, which has none of
  ///     the files.
  ///   - willWrite: Called by the writing threads before each part of a file; what it throws ends
  ///     the writing.
  /// - Throws: `DataError` of kind `unwritable`; what `willWrite` throws. Some of the files may be
  ///   there then.
  package static func write(
    _ dataset: Dataset, to directory: String,
    willWrite: @escaping @Sendable () throws(DataError) -> Void
  ) throws(DataError) {
    // The largest file first, so that the others are written at the same time.
    let order: [DatasetFile] = [.trainingImages, .testImages, .trainingLabels, .testLabels]
    let results = concurrentMap(count: order.count) { index in
      Result { () throws(DataError) in
        try write(order[index], of: dataset, to: directory, willWrite: willWrite)
      }
    }
    for result in results { try result.get() }
    if let names = dataset.classNames() {
      let name = ClassNames.fileName
      try AtomicFile.replaceData(
        path: PathText.joined(directory, name), name: PathText.joined(dataset.directory, name),
        with: ClassNames.encoded(names))
    }
  }

  private static func write(
    _ file: DatasetFile, of dataset: Dataset, to directory: String,
    willWrite: () throws(DataError) -> Void
  ) throws(DataError) {
    let isTraining = file == .trainingImages || file == .trainingLabels
    let images = isTraining ? dataset.training : dataset.test
    let content = file.hasImages ? images.pixels : images.labels
    let output = try GzipOutput(
      path: PathText.joined(directory, file.packedName),
      name: PathText.joined(dataset.directory, file.packedName))
    try output.write(Dataset.header(file.hasImages ? images.dimensions : [images.count]))
    try withExtendedLifetime(content) { () throws(DataError) in
      let bytes = UnsafeRawBufferPointer(start: content.baseAddress, count: content.count)
      for start in stride(from: 0, to: bytes.count, by: chunkSize) {
        try willWrite()
        let end = min(start + chunkSize, bytes.count)
        try output.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
    }
    try output.finish()
  }
}
