/// An image's size in pixels.
public struct ImageSize: Equatable, Sendable, CustomStringConvertible {
  /// Rows, at least 1.
  public let rows: Int
  /// Columns, at least 1.
  public let columns: Int

  /// Creates a size.
  ///
  /// - Parameters:
  ///   - rows: Rows, 1 to 1024.
  ///   - columns: Columns, 1 to 1024.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Pixels of an image.
  public var pixelCount: Int { rows * columns }

  /// Rows and columns.
  public var description: String { "\(rows) x \(columns)" }
}
