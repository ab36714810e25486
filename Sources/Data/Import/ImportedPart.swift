import Files
import ImageData

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
