import Parallel

/// A large product by OpenBLAS, on the calling thread, whose rate is quoted beside the FMA peak.
package struct OpenBLASProduct {
  /// The number of rows and columns of the matrices.
  package static let side = 1024

  private let left = AlignedBuffer<Float>(count: side * side)
  private let right = AlignedBuffer<Float>(count: side * side)
  private let product = AlignedBuffer<Float>(count: side * side)

  /// Prepares the operands; loads OpenBLAS if it is not loaded.
  ///
  /// They are small whole numbers, since zeros would need less power.
  ///
  /// - Throws: ``OpenBLASError`` if the library is missing or cannot be used; `SystemRefusal` if
  ///   the system refuses memory.
  package init() throws {
    try OpenBLAS.reserveBuffers(callers: 1)
    for index in 0..<Self.side * Self.side {
      left.pointer[index] = Float(index % 17) - 8
      right.pointer[index] = Float(index % 13) - 6
    }
    // The first product touches the memory.
    multiply()
  }

  /// Multiplies for some time.
  ///
  /// - Parameter seconds: The duration, above 0; the last product is finished.
  /// - Returns: The rate of the fastest product, in 10^9 floating-point operations per second.
  package func gigaflops(seconds: Double = 0.1) -> Double {
    var (total, best) = (0.0, Double.infinity)
    while total < seconds {
      let start = ContinuousClock.now
      multiply()
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      total += elapsed
      best = min(best, elapsed)
    }
    let side = Double(Self.side)
    return 2 * side * side * side / best / 1e9
  }

  private func multiply() {
    let side = Self.side
    BLAS.multiply(
      m: side, n: side, k: side, left.pointer, strideA: side, right.pointer, strideB: side,
      into: product.pointer, strideC: side)
  }
}
