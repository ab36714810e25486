/// What a data set holds, in numbers to print.
package struct DatasetInfo: Sendable {
  /// The data set's name.
  package let name: String

  /// The directory it was loaded from.
  package let directory: String

  /// Training images.
  package let trainingCount: Int

  /// Test images.
  package let testCount: Int

  /// Rows of an image.
  package let rows: Int

  /// Columns of an image.
  package let columns: Int

  /// The number of classes.
  package let classCount: Int

  /// How many training images each class has, (classCount).
  package let trainingHistogram: [Int]

  /// How many test images each class has, (classCount).
  package let testHistogram: [Int]

  /// Bytes that the pixels and labels take in memory.
  package let byteCount: Int

  /// Counts what a data set holds.
  ///
  /// - Parameter dataset: The data set.
  package init(_ dataset: Dataset) {
    name = dataset.name
    directory = dataset.directory
    trainingCount = dataset.training.count
    testCount = dataset.test.count
    rows = dataset.training.rows
    columns = dataset.training.columns
    classCount = dataset.classCount
    trainingHistogram = dataset.training.histogram(classCount: dataset.classCount)
    testHistogram = dataset.test.histogram(classCount: dataset.classCount)
    byteCount = [dataset.training, dataset.test]
      .reduce(0) { $0 + $1.pixels.count + $1.labels.count }
  }
}
