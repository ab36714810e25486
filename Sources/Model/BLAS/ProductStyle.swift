/// In what pieces matrices are multiplied.
///
/// The style follows from the OpenBLAS core, so results are a function of the core, as they are
/// anyway. `docs/decisions/0007-small-products.md` has the measurements.
package enum ProductStyle: Sendable {
  /// One call a product, for cores that copy their operands into blocks of their own.
  case whole
  /// Calls of up to ``smallLimit`` multiplications, for cores that have kernels for small matrices,
  /// which copy nothing. The right matrix is stored in panels of ``panelWidth`` columns, so that what
  /// a call reads of it lies together.
  case small

  /// What the core in use does best.
  package static let preferred = ProductStyle(core: OpenBLAS.coreName)

  /// What a core does best.
  ///
  /// - Parameter core: Its name, as OpenBLAS tells it.
  package init(core: String) {
    self = Self.smallKernelCores.contains(core.lowercased()) ? .small : .whole
  }

  /// The cores with kernels for small matrices (OpenBLAS 0.3.17 and later).
  private static let smallKernelCores: Set<String> = ["skylakex", "cooperlake", "sapphirerapids"]

  /// Multiplications of a call up to which those kernels are used.
  static let smallLimit = 1_000_000

  /// Columns of a panel.
  static let panelWidth = 64

  /// How a matrix is stored that products have on their right.
  ///
  /// - Parameters:
  ///   - rows: Rows of the matrix.
  ///   - columns: Columns of the matrix.
  /// - Returns: Its panels: one for ``whole``.
  package func panels(rows: Int, columns: Int) -> Panels {
    Panels(rows: rows, columns: columns, width: self == .small ? Self.panelWidth : columns)
  }
}

/// A matrix stored as vertical strips one after the other, each row-major.
///
/// With one strip, or one column of them, that is a row-major matrix.
package struct Panels: Sendable, Equatable {
  /// Rows of the matrix.
  package let rows: Int
  /// Columns of the matrix.
  package let columns: Int
  /// Columns of every strip but perhaps the last.
  package let width: Int

  /// How many strips there are.
  package var count: Int { (columns + width - 1) / width }

  /// The columns of a strip.
  ///
  /// - Parameter panel: The strip.
  /// - Returns: Columns of the matrix.
  @inline(__always)
  package func columns(of panel: Int) -> Range<Int> {
    panel * width..<min((panel + 1) * width, columns)
  }

  /// Where a strip starts, in elements.
  ///
  /// - Parameter panel: The strip.
  /// - Returns: The offset of its first element.
  @inline(__always)
  package func offset(of panel: Int) -> Int {
    panel * width * rows
  }

  /// Copies a row-major matrix into panels.
  ///
  /// - Parameters:
  ///   - matrix: (rows, columns), row-major.
  ///   - storage: rows * columns elements.
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
  ///   - storage: rows * columns elements.
  ///   - matrix: (rows, columns), row-major.
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
