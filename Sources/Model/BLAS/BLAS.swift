import COpenBLAS

/// Matrix multiplication with OpenBLAS, always on the calling thread.
package enum BLAS {
  /// Computes C = A B or C += A B.
  ///
  /// All matrices are row-major. A and B may be stored transposed.
  ///
  /// - Parameters:
  ///   - m: The number of rows of C.
  ///   - n: The number of columns of C.
  ///   - k: The number of columns of A and of rows of B.
  ///   - a: A, (m, k); (k, m) if `transposeA`.
  ///   - strideA: The distance between stored rows of A, in floats.
  ///   - transposeA: Whether A is stored transposed.
  ///   - b: B, (k, n); (n, k) if `transposeB`.
  ///   - strideB: The distance between stored rows of B, in floats.
  ///   - transposeB: Whether B is stored transposed.
  ///   - c: C, (m, n); overwritten, unless `adds`.
  ///   - strideC: The distance between rows of C, in floats.
  ///   - adds: Whether the product is added to the content of C; with the bits of adding it
  ///     afterwards if k is at most 128, up to which OpenBLAS sums in one go, on every core.
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
}
