/// The sizes of a data set, for printing.
package struct DatasetInfo: Sendable {
  /// The data set's name.
  package let name: String

  /// The directory it was loaded from.
  package let directory: String

  /// The number of training images.
  package let trainingCount: Int

  /// The number of test images.
  package let testCount: Int

  /// The size of an image.
  package let imageSize: ImageSize

  /// The number of classes.
  package let classCount: Int

  /// The number of training images of each class (classCount).
  package let trainingHistogram: [Int]

  /// The number of test images of each class (classCount).
  package let testHistogram: [Int]

  /// The number of bytes that pixels and labels take in memory.
  package let byteCount: Int

  /// Counts the contents of a data set.
  ///
  /// - Parameter dataset: The data set.
  package init(_ dataset: Dataset) {
    name = dataset.name
    directory = dataset.directory
    trainingCount = dataset.training.count
    testCount = dataset.test.count
    imageSize = dataset.training.imageSize
    classCount = dataset.classCount
    trainingHistogram = dataset.training.histogram(classCount: dataset.classCount)
    testHistogram = dataset.test.histogram(classCount: dataset.classCount)
    byteCount = dataset.byteCount
  }
}

extension Dataset {
  /// The number of bytes that pixels and labels take in memory.
  package var byteCount: Int {
    [training, test].reduce(0) { $0 + $1.pixels.count + $1.labels.count }
  }
}
