import ImageData
import Parallel

/// The images of a source that are one set, with labels as the source has them.
struct ImportedPart: Sendable {
  /// Where the images are, for messages.
  let name: String
  /// The size of an image.
  let size: ImageSize
  /// The values of pixels (labels.count, rows, columns, channels).
  let pixels: ByteStorage
  /// The label of each image (count): an index into `names`.
  let labels: [UInt16]
  /// The different labels.
  let names: LabelNames

  var count: Int { labels.count }

  /// The images of this part, followed by those of another one.
  func followed(by other: ImportedPart) throws(DataError) -> ImportedPart {
    try other.requireSize(of: self)
    var names = names
    var labels = labels
    labels.reserveCapacity(labels.count + other.count)
    for label in other.labels {
      labels.append(
        try names.number(of: other.names[label].name, at: other.names[label].place))
    }
    try ImportMemory.require(
      labels.count, of: size, beside: pixels.count + other.pixels.count, name: name)
    let joined = try ByteStorage(count: pixels.count + other.pixels.count) { memory in
      for (start, source) in [(0, pixels), (pixels.count, other.pixels)] {
        withExtendedLifetime(source) {
          memory[start..<start + source.count].copyBytes(
            from: UnsafeRawBufferPointer(start: source.baseAddress, count: source.count))
        }
      }
    }
    return ImportedPart(name: name, size: size, pixels: joined, labels: labels, names: names)
  }

  /// Throws an error if images do not have the size of another part's.
  func requireSize(of other: ImportedPart) throws(DataError) {
    guard size == other.size else {
      throw DataError(
        .invalid, "\(name): found images of \(size), expected \(other.size) as in \(other.name)")
    }
  }
}

/// The different labels of a part, in the order in which they were found.
struct LabelNames: Sendable {
  /// A label, and where it was first found.
  struct Label: Sendable {
    let name: String
    let place: String
  }

  private(set) var all: [Label] = []
  private var numbers: [String: UInt16] = [:]

  /// The most different labels that a data set may have.
  static let largestCount = 256
  // The file of all names must stay below the limit of those who read it.
  private static let longestName = 255

  subscript(_ number: UInt16) -> Label { all[Int(number)] }

  /// The number of a label, which is a new one if the label is.
  ///
  /// - Parameters:
  ///   - name: The label.
  ///   - place: Where it is, for messages.
  /// - Returns: Its index in `all`.
  /// - Throws: `DataError` of kind `invalid` for a text that cannot be the name of a class or is too long, and
  ///   for too many labels.
  mutating func number(
    of name: String, at place: @autoclosure () -> String
  ) throws(DataError) -> UInt16 {
    if let number = numbers[name] { return number }
    let place = place()
    if let problem = ClassNames.problem(in: name) {
      throw DataError(.invalid, "\(place): found \(problem), expected the label of a class")
    }
    guard name.utf8.count <= Self.longestName else {
      throw DataError(
        .invalid,
        "\(place): found a text of \(name.utf8.count) bytes, expected the label of a class with at most "
          + "\(Self.longestName)")
    }
    guard all.count < Self.largestCount else {
      throw DataError(
        .invalid,
        "\(place): found '\(name)' as the class number \(all.count + 1), expected at most "
          + "\(Self.largestCount) classes")
    }
    let number = UInt16(all.count)
    all.append(Label(name: name, place: place))
    numbers[name] = number
    return number
  }
}
