import COpenBLAS

/// Matrix multiplication by OpenBLAS, always on the calling thread.
public enum BLAS {
  /// Makes OpenBLAS run every call on its caller's thread; once, before the first multiplication.
  public static func useOneThreadPerCall() {
    openblas_set_num_threads(1)
  }

  /// C = A B, where each matrix is row-major and may be stored transposed.
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
  ///   - c: (m, n), overwritten.
  ///   - strideC: Floats from one row of C to the next.
  @inline(__always)
  public static func multiply(
    m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, strideA: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, strideB: Int, transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, strideC: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a, Int32(strideA), b, Int32(strideB), 0, c, Int32(strideC))
  }
}
