import COpenBLAS

/// Matrix multiplication by OpenBLAS, always on the calling thread.
package enum BLAS {
  /// C = A B, or C += A B, where each matrix is row-major and may be stored transposed.
  ///
  /// - Parameters:
  ///   - m: Rows of C.
  ///   - n: Columns of C.
  ///   - k: Columns of A, rows of B.
  ///   - a: (m, k), or (k, m) where `transposeA`.
  ///   - strideA: Floats from one stored row of A to the next.
  ///   - transposeA: Whether A is stored transposed.
  ///   - b: (k, n), or (n, k) where `transposeB`.
  ///   - strideB: Floats from one stored row of B to the next.
  ///   - transposeB: Whether B is stored transposed.
  ///   - c: (m, n).
  ///   - strideC: Floats from one row of C to the next.
  ///   - adds: Whether the product is added to what C holds.
  @inline(__always)
  package static func multiply(
    m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, strideA: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, strideB: Int, transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, strideC: Int, adds: Bool = false
  ) {
    openblas_sgemm(
      Int32(openblas_row_major),
      Int32(transposeA ? openblas_transpose : openblas_no_transpose),
      Int32(transposeB ? openblas_transpose : openblas_no_transpose),
      Int32(m), Int32(n), Int32(k), 1, a, Int32(strideA), b, Int32(strideB), adds ? 1 : 0, c,
      Int32(strideC))
  }

  /// C = A B, where B is stored in panels.
  ///
  /// The pieces depend on the shapes alone.
  ///
  /// - Parameters:
  ///   - m: Rows of C.
  ///   - a: (m, panels.rows).
  ///   - panels: How B is stored.
  ///   - b: B (panels.rows, panels.columns).
  ///   - c: (m, panels.columns), overwritten.
  package static func multiply(
    m: Int, _ a: UnsafePointer<Float>, _ panels: Panels, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>
  ) {
    let k = panels.rows
    // A few rows at a time where that makes the product a small one.
    let fitting = ProductStyle.smallLimit / (k * min(panels.width, panels.columns))
    let rowStep =
      panels.count == 1 && panels.columns > ProductStyle.panelWidth || fitting < 8
      ? m : min(m, fitting / 8 * 8, 16)
    for panel in 0..<panels.count {
      let columns = panels.columns(of: panel)
      let strip = b + panels.offset(of: panel)
      var row = 0
      while row < m {
        let rows = min(rowStep, m - row)
        multiply(
          m: rows, n: columns.count, k: k, a + row * k, strideA: k, strip, strideB: columns.count,
          into: c + row * panels.columns + columns.lowerBound, strideC: panels.columns)
        row += rows
      }
    }
  }
}
