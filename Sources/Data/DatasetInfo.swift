/// What a data set holds, in numbers to print.
public struct DatasetInfo: Sendable {
  /// The data set's name.
  public let name: String

  /// The directory it was loaded from.
  public let directory: String

  /// Training images.
  public let trainingCount: Int

  /// Test images.
  public let testCount: Int

  /// Rows of an image.
  public let rows: Int

  /// Columns of an image.
  public let columns: Int

  /// The number of classes.
  public let classCount: Int

  /// How many training images each class has, (classCount).
  public let trainingHistogram: [Int]

  /// How many test images each class has, (classCount).
  public let testHistogram: [Int]

  /// Bytes that the pixels and labels take in memory.
  public let byteCount: Int

  /// Counts what a data set holds.
  ///
  /// - Parameter dataset: The data set.
  public init(_ dataset: Dataset) {
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
