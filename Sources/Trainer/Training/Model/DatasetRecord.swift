import Files
import ImageData

/// A run's data set in its records.
package struct DatasetRecord: Codable, Sendable, Equatable {
  /// Its name.
  package let name: String
  /// Where it was loaded from, from the root on.
  package let directory: String
  /// Images trained on, those held out included.
  package let training: Int
  /// Images tested on.
  package let test: Int
  /// Rows of an image.
  package let rows: Int
  /// Columns of an image.
  package let columns: Int
  /// Classes.
  package let classes: Int
  /// The SHA-256 of each unpacked file, by its name; nil if it was not computed.
  package let sha256: [String: String]?

  /// Describes a data set.
  ///
  /// - Parameters:
  ///   - dataset: The data set.
  ///   - sha256: The SHA-256 of its files, if they were computed.
  package init(_ dataset: Dataset, sha256: [String: String]? = nil) {
    name = dataset.name
    directory = PathNames.absolute(dataset.directory)
    training = dataset.training.count
    test = dataset.test.count
    rows = dataset.training.rows
    columns = dataset.training.columns
    classes = dataset.classCount
    self.sha256 = sha256
  }
}
