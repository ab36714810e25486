import Files
import ImageData

/// The classes of a data set: the different labels of its training images.
struct ClassTable {
  /// The names, class 0 first, in natural order.
  let names: [String]
  private let classes: [String: UInt8]

  /// Orders the labels of the training images.
  ///
  /// - Parameter training: The training images.
  /// - Throws: `DataError` of kind `invalid` if all images have one label.
  init(_ training: ImportedPart) throws(DataError) {
    names = training.names.all.map(\.name).sorted(by: NaturalOrder.wholeNumbers.precedes)
    guard names.count > 1 else {
      throw DataError(
        .invalid,
        "\(training.name): found images of one class, '\(names.first ?? "")', expected at least 2")
    }
    classes = Dictionary(uniqueKeysWithValues: zip(names, 0...255))
  }

  /// The classes of the images of a part.
  ///
  /// - Parameter part: The training images, or others.
  /// - Returns: The classes (count).
  /// - Throws: `DataError` of kind `invalid` for a label that no training image has.
  func labels(of part: ImportedPart) throws(DataError) -> [UInt8] {
    var table: [UInt8] = []
    for label in part.names.all {
      guard let found = classes[label.name] else {
        let similar = names.first { $0.lowercased() == label.name.lowercased() }
        let hint =
          similar.map { "; there is '\($0)', which differs only in upper and lower case" } ?? ""
        throw DataError(
          .invalid,
          "\(label.place): found class '\(label.name)', expected one of the \(names.count) classes "
            + "of the training images\(hint)")
      }
      table.append(found)
    }
    return part.labels.map { table[Int($0)] }
  }
}
