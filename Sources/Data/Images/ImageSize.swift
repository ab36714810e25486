/// The size of an image in pixels.
package struct ImageSize: Equatable, Sendable, CustomStringConvertible {
  /// The number of rows, at least 1.
  package let rows: Int
  /// The number of columns, at least 1.
  package let columns: Int

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - rows: The number of rows, 1 to 1024.
  ///   - columns: The number of columns, 1 to 1024.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// The number of pixels.
  package var pixelCount: Int { rows * columns }

  /// Rows and columns.
  package var description: String { "\(rows) x \(columns)" }
}
