import Files
import ImageData
import Model

/// The data set that a model was trained on, as the model's file describes it.
///
/// It has no path and no time, so that equal runs write equal bytes.
package struct ModelData: Codable, Sendable, Equatable {
  /// The data set's name.
  package let name: String
  /// The SHA-256 of each of its files, unpacked, by its plain name.
  package let sha256: [String: String]
  /// Rows of an image.
  package let rows: Int
  /// Columns of an image.
  package let columns: Int
  /// Values of a pixel: 1 for gray.
  package let channels: Int
  /// The classes' names, class 0 first; nil if they are not known.
  package let classNames: [String]?

  private static let longestName = 1 << 12

  private enum CodingKeys: String, CodingKey {
    case name, sha256, rows, columns, channels
    case classNames = "class_names"
  }

  /// Describes a data set.
  ///
  /// - Parameter dataset: The data set, whose digests are computed if they are not known yet.
  package init(_ dataset: Dataset) {
    self.init(
      name: dataset.name, sha256: dataset.fileDigests(), imageSize: dataset.training.imageSize,
      classNames: dataset.classNames())
  }

  /// Describes the data set of a recorded run.
  ///
  /// - Parameter record: The data in the run's record; without digests the result is nil.
  package init?(_ record: DatasetRecord) {
    guard let sha256 = record.sha256 else { return nil }
    self.init(
      name: record.name, sha256: sha256, imageSize: record.imageSize,
      classNames: KnownDataset.published(sha256)?.classNames)
  }

  private init(
    name: String, sha256: [String: String], imageSize: ImageSize, classNames: [String]?
  ) {
    self.name = name
    self.sha256 = sha256
    rows = imageSize.rows
    columns = imageSize.columns
    channels = imageSize.channels
    self.classNames = classNames
  }

  /// The size of an image.
  package var imageSize: ImageSize { ImageSize(rows: rows, columns: columns, channels: channels) }

  /// The difference from a network.
  ///
  /// - Parameter architecture: The network.
  /// - Returns: What was found and what was expected, or nil.
  package func mismatch(with architecture: Architecture) -> String? {
    guard imageSize.isAllowed, imageSize.valueCount == architecture.inputCount,
      imageSize == architecture.imageSize ?? imageSize
    else {
      return "found images of \(rows) x \(columns) pixels with \(channels) values each, expected "
        + "\(architecture.input.extents.count > 1 ? "\(architecture.input), " : "")"
        + "\(architecture.inputCount) values, the network's input"
    }
    // Both are shown in messages.
    guard name.utf8.count <= Self.longestName else {
      return "found a name of \(name.utf8.count) bytes, expected at most \(Self.longestName)"
    }
    guard sha256.count <= DatasetFile.allCases.count else {
      return "found \(sha256.count) digests, expected at most \(DatasetFile.allCases.count)"
    }
    if let problem = classNames.flatMap(Self.problem) { return problem }
    if let classNames, classNames.count != architecture.classCount {
      return "found \(classNames.count) class names, expected \(architecture.classCount), the "
        + "network's classes"
    }
    return nil
  }

  /// What is wrong with names of classes; nil if a file of them could have them.
  private static func problem(in names: [String]) -> String? {
    let byteCount = names.reduce(0) { $0 + $1.utf8.count + 1 }
    guard byteCount <= ClassNames.sizeLimit else {
      return "found class names of \(byteCount) bytes, expected at most \(ClassNames.sizeLimit)"
    }
    for (label, name) in names.enumerated() where name.allSatisfy(\.isWhitespace) {
      return "found no text for class \(label), expected the name of a class"
    }
    var known: Set<String> = []
    return names.first { !known.insert($0).inserted }.map { name in
      "found `\(String(name.prefix(80)).printable)`, the name of two classes, expected another "
        + "name for each"
    }
  }

  /// The files of a data set that are not those that the model was trained with.
  ///
  /// - Parameter dataset: The data set.
  /// - Returns: Their plain names, sorted; none for the model's own data.
  package func differingFiles(of dataset: Dataset) -> [String] {
    let digests = dataset.fileDigests()
    return Set(digests.keys).union(sha256.keys).filter { digests[$0] != sha256[$0] }.sorted()
  }
}
