/// The layout of a matrix stored as vertical panels, one after another, each row-major.
///
/// With a single panel it is the usual row-major layout.
package struct Panels: Sendable, Equatable {
  /// The number of rows of the matrix.
  package let rows: Int
  /// The number of columns of the matrix.
  package let columns: Int
  /// The number of columns of a panel; the last panel may have fewer.
  package let width: Int

  /// The number of panels.
  package var count: Int { (columns + width - 1) / width }

  /// The columns of a panel.
  ///
  /// - Parameter panel: The index of the panel.
  /// - Returns: A range of columns of the matrix.
  @inline(__always)
  package func columns(of panel: Int) -> Range<Int> {
    panel * width..<min((panel + 1) * width, columns)
  }

  /// The offset of a panel in the storage.
  ///
  /// - Parameter panel: The index of the panel.
  /// - Returns: The offset of its first element, in elements.
  @inline(__always)
  package func offset(of panel: Int) -> Int {
    panel * width * rows
  }

  /// Copies a row-major matrix into panels.
  ///
  /// - Parameters:
  ///   - matrix: (rows, columns), row-major.
  ///   - storage: The panels, (rows * columns), overwritten.
  package func store(_ matrix: UnsafePointer<Float>, to storage: UnsafeMutablePointer<Float>) {
    for panel in 0..<count {
      let range = columns(of: panel)
      for row in 0..<rows {
        (storage + offset(of: panel) + row * range.count)
          .update(from: matrix + row * columns + range.lowerBound, count: range.count)
      }
    }
  }

  /// Copies panels into a row-major matrix.
  ///
  /// - Parameters:
  ///   - storage: The panels, (rows * columns).
  ///   - matrix: (rows, columns), row-major, overwritten.
  package func load(_ storage: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>) {
    for panel in 0..<count {
      let range = columns(of: panel)
      for row in 0..<rows {
        (matrix + row * columns + range.lowerBound)
          .update(from: storage + offset(of: panel) + row * range.count, count: range.count)
      }
    }
  }
}
