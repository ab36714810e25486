import CKernels

/// Matrix multiplication by the program's own kernels.
///
/// Each element of a product is one chain of fused multiply-adds in the order of k.
enum NativeProduct {
  /// Computes C = A B with B stored in panels.
  ///
  /// - Parameters:
  ///   - m: The number of rows of C.
  ///   - a: A, (m, panels.rows), row-major.
  ///   - panels: The layout of B, with panels as wide as the kernel's.
  ///   - b: B, (panels.rows, panels.columns), stored in panels.
  ///   - c: C, (m, panels.columns), row-major, overwritten.
  static func multiply(
    m: Int, _ a: UnsafePointer<Float>, _ panels: Panels, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>
  ) {
    let depth = panels.rows
    let whole = panels.columns / panels.width * panels.width
    if whole > 0 {
      kernel_product(
        Int64(m), Int64(whole), Int64(depth), Int64(PRODUCT_DEPTH), a, Int64(depth), 1, b,
        Int64(panels.width), Int64(panels.width * depth), c, Int64(panels.columns))
    }
    // The rows of the last panel are shorter.
    let rest = panels.columns - whole
    if rest > 0 {
      kernel_product(
        Int64(m), Int64(rest), Int64(depth), Int64(PRODUCT_DEPTH), a, Int64(depth), 1,
        b + whole * depth, Int64(rest), Int64(panels.width), c + whole, Int64(panels.columns))
    }
  }

  /// Computes C = A^T B, for columns of A and B, as the pairwise sum over blocks of their rows.
  ///
  /// - Parameters:
  ///   - m: The number of columns of A that are used, and of rows of C.
  ///   - n: The number of columns of B that are used, and of C.
  ///   - k: The number of rows of A and B.
  ///   - block: The number of rows of a block.
  ///   - a: The first used column of A.
  ///   - strideA: The distance between rows of A, in floats.
  ///   - b: The first used column of B.
  ///   - strideB: The distance between rows of B, in floats.
  ///   - c: C, (m, n), row-major and dense; overwritten.
  static func multiplyTransposed(
    m: Int, n: Int, k: Int, block: Int, _ a: UnsafePointer<Float>, strideA: Int,
    _ b: UnsafePointer<Float>, strideB: Int, into c: UnsafeMutablePointer<Float>
  ) {
    kernel_product(
      Int64(m), Int64(n), Int64(k), Int64(block), a, 1, Int64(strideA), b, Int64(strideB),
      Int64(PRODUCT_PANEL), c, Int64(n))
  }
}
