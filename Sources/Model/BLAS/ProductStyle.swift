/// The division of matrix products into calls of OpenBLAS.
///
/// It is determined by the OpenBLAS core, on which the last bits of results depend in any case. See
/// `docs/decisions/0007-small-products.md` for measurements.
package enum ProductStyle: Sendable {
  /// One call per product, for cores that copy their operands into blocks.
  case whole
  /// Calls of up to ``smallLimit`` multiplications, for cores with kernels for small matrices.
  ///
  /// These kernels do not copy their operands. The right matrix is stored in panels of
  /// ``panelWidth`` columns, so that the part used by one call is contiguous.
  case small

  /// The best style for the core in use.
  package static let preferred = ProductStyle(core: OpenBLAS.coreName)

  /// Selects the best style for a core.
  ///
  /// - Parameter core: The core's name, as OpenBLAS reports it.
  package init(core: String) {
    self = Self.smallKernelCores.contains(core.lowercased()) ? .small : .whole
  }

  /// The cores with kernels for small matrices (OpenBLAS 0.3.17 and later).
  private static let smallKernelCores: Set<String> = ["skylakex", "cooperlake", "sapphirerapids"]

  /// The maximum number of multiplications of a call for which these kernels are used.
  static let smallLimit = 1_000_000

  /// The number of columns of a panel.
  static let panelWidth = 64

  /// The layout of the right matrix of products.
  ///
  /// - Parameters:
  ///   - rows: The number of rows of the matrix.
  ///   - columns: The number of columns of the matrix.
  /// - Returns: Its panels; a single one for ``whole``.
  package func panels(rows: Int, columns: Int) -> Panels {
    Panels(rows: rows, columns: columns, width: self == .small ? Self.panelWidth : columns)
  }
}

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
