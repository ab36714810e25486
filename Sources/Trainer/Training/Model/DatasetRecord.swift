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
  /// Channels of an image; 1 in older records, which do not name them.
  package let channels: Int
  /// Classes.
  package let classes: Int
  /// The SHA-256 of each unpacked file, by its name; nil if it was not computed.
  package let sha256: [String: String]?

  private enum CodingKeys: CodingKey {
    case name, directory, training, test, rows, columns, channels, classes, sha256
  }

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
    channels = dataset.training.channels
    classes = dataset.classCount
    self.sha256 = sha256
  }

  /// Decodes a record of this version or of an older one.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: What the decoder throws.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    directory = try container.decode(String.self, forKey: .directory)
    training = try container.decode(Int.self, forKey: .training)
    test = try container.decode(Int.self, forKey: .test)
    rows = try container.decode(Int.self, forKey: .rows)
    columns = try container.decode(Int.self, forKey: .columns)
    channels = try container.decodeIfPresent(Int.self, forKey: .channels) ?? 1
    classes = try container.decode(Int.self, forKey: .classes)
    sha256 = try container.decodeIfPresent([String: String].self, forKey: .sha256)
  }

  /// The size of an image.
  package var imageSize: ImageSize { ImageSize(rows: rows, columns: columns, channels: channels) }
}
