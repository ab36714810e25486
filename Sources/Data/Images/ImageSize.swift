/// The size of an image: its pixels, and the values of each of them.
package struct ImageSize: Equatable, Sendable, CustomStringConvertible {
  /// The number of rows, at least 1.
  package let rows: Int
  /// The number of columns, at least 1.
  package let columns: Int
  /// The number of channels, the values of a pixel: 1 for gray, 3 for red, green and blue.
  package let channels: Int

  /// The allowed numbers of rows and of columns.
  package static let sides = 1...1024
  /// The allowed numbers of channels.
  package static let channelCounts = 1...64
  /// The most values of an image, those of 1024 x 1024 gray pixels: no model file has more inputs.
  package static let largestValueCount = 1 << 20

  /// The limits in words, for messages.
  package static var limits: String {
    "\(sides.upperBound) x \(sides.upperBound) pixels, \(channelCounts.upperBound) channels and "
      + "\(largestValueCount) values"
  }

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - rows: The number of rows.
  ///   - columns: The number of columns.
  ///   - channels: The number of channels.
  package init(rows: Int, columns: Int, channels: Int = 1) {
    self.rows = rows
    self.columns = columns
    self.channels = channels
  }

  /// The number of values: rows x columns x channels.
  package var valueCount: Int { rows * columns * channels }

  /// Whether images of the size can be read and trained on; numbers from files may be others.
  package var isAllowed: Bool {
    Self.sides.contains(rows) && Self.sides.contains(columns)
      && Self.channelCounts.contains(channels) && valueCount <= Self.largestValueCount
  }

  /// Rows and columns, and channels if there are several: `28 x 28` or `32 x 32 x 3`.
  package var description: String { text(separator: " x ") }

  /// The description without spaces, as on the command line: `28x28` or `32x32x3`.
  package var compact: String { text(separator: "x") }

  /// The size in words: `28 x 28 pixels` or `32 x 32 pixels of 3 channels`.
  package var words: String {
    "\(rows) x \(columns) pixels" + (channels == 1 ? "" : " of \(channels) channels")
  }

  private func text(separator: String) -> String {
    let extents = [rows, columns] + (channels == 1 ? [] : [channels])
    return extents.map(String.init).joined(separator: separator)
  }
}
