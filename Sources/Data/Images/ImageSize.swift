/// An image's size in pixels.
package struct ImageSize: Equatable, Sendable, CustomStringConvertible {
  /// Rows, at least 1.
  package let rows: Int
  /// Columns, at least 1.
  package let columns: Int

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - rows: Rows, 1 to 1024.
  ///   - columns: Columns, 1 to 1024.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Pixels of an image.
  package var pixelCount: Int { rows * columns }

  /// Rows and columns.
  package var description: String { "\(rows) x \(columns)" }
}
