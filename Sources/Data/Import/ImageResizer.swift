import Files
import ImageData

/// Resizes images: each axis by ``AxisWeights``, and each channel by itself.
///
/// The ratio of the sides is not kept.
struct ImageResizer: Sendable {
  /// The size of an image before.
  let from: ImageSize
  /// The size of an image after: other rows and columns, the same channels.
  let to: ImageSize
  private let rows: AxisWeights
  private let columns: AxisWeights

  /// Prepares resizing.
  ///
  /// - Parameters:
  ///   - from: The size of an image before.
  ///   - to: The rows and columns after; its channels are ignored.
  init(from: ImageSize, to: ImageSize) {
    self.from = from
    self.to = ImageSize(rows: to.rows, columns: to.columns, channels: from.channels)
    rows = AxisWeights(from: from.rows, to: to.rows)
    columns = AxisWeights(from: from.columns, to: to.columns)
  }

  /// Resizes an image; values are rounded to the nearest, and up from a half.
  ///
  /// - Parameters:
  ///   - old: The values (rows, columns, channels) before.
  ///   - new: Receives those after.
  func resize(_ old: UnsafePointer<UInt8>, into new: UnsafeMutablePointer<UInt8>) {
    let channels = from.channels
    let width = to.columns * channels
    // The sums over columns (from.rows, to.columns, channels).
    var narrow = [Int](repeating: 0, count: from.rows * width)
    for row in 0..<from.rows {
      let line = old + row * from.columns * channels
      for (column, mean) in columns.means.enumerated() {
        for channel in 0..<channels {
          var sum = 0
          for (offset, weight) in mean.weights.enumerated() {
            sum += weight * Int(line[(mean.start + offset) * channels + channel])
          }
          narrow[row * width + column * channels + channel] = sum
        }
      }
    }
    let scale = rows.sum * columns.sum
    for (row, mean) in rows.means.enumerated() {
      for place in 0..<width {
        var sum = 0
        for (offset, weight) in mean.weights.enumerated() {
          sum += weight * narrow[(mean.start + offset) * width + place]
        }
        new[row * width + place] = UInt8((sum + scale / 2) / scale)
      }
    }
  }

  private static let chunk = 256

  /// Resizes all images of a part.
  ///
  /// - Parameters:
  ///   - part: The images.
  ///   - size: The rows and columns after.
  /// - Returns: The part with other images.
  /// - Throws: `DataError`: `invalid` if an image would have too many values; `refused` or
  ///   `stopped`.
  static func resize(_ part: ImportedPart, to size: ImageSize) throws(DataError) -> ImportedPart {
    let resizer = ImageResizer(from: part.size, to: size)
    if resizer.to == part.size { return part }
    guard resizer.to.isAllowed else {
      throw DataError(
        .invalid,
        "\(part.name): found images of \(part.size), which \(setting: "resize") would make "
          + "\(resizer.to); expected at most \(ImageSize.limits)")
    }
    try ImportMemory.require(
      part.count, of: resizer.to, beside: part.pixels.count, name: part.name)
    let (old, new) = (part.size.valueCount, resizer.to.valueCount)
    let count = part.count * new
    let pixels = try ByteStorage(count: count, for: part.name) { memory throws(DataError) in
      nonisolated(unsafe) let target = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let results = concurrentMap(count: (part.count + chunk - 1) / chunk) { index in
        Result { () throws(DataError) in
          try ImportStop.check()
          guard let target else { return }
          withExtendedLifetime(part.pixels) {
            for image in index * chunk..<min((index + 1) * chunk, part.count) {
              resizer.resize(part.pixels.baseAddress + image * old, into: target + image * new)
            }
          }
        }
      }
      for result in results { try result.get() }
    }
    return ImportedPart(
      name: part.name, size: resizer.to, pixels: pixels, labels: part.labels, names: part.names)
  }
}
