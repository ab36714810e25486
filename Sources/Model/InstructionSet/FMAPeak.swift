import CKernels

/// The peak rate of fused multiply-adds, of floats, on one thread.
///
/// It is that of a loop whose operands are all in registers, in as many chains as the products of this
/// program have, with the instruction set in use. No product can be faster. Where the set has no
/// instruction for it, it is the rate of the substitute.
package enum FMAPeak {
  private static let shareSeconds = 0.005
  private static let shares = 10

  /// Measures the peak for about 50 ms.
  ///
  /// - Returns: The best of ten measurements, in GFLOP/s; a multiply-add counts as two operations.
  package static func gigaflops() -> Double {
    var values = [Float](repeating: 1, count: Int(MULTIPLY_ADD_BLOCK))
    // The values stay what they are.
    func seconds(_ rounds: Int) -> Double {
      ContinuousClock().measure {
        kernel_multiply_add(&values, 0.5, 0.5, Int64(rounds), Int64(values.count))
      } / .seconds(1)
    }
    var rounds = 1_000
    while seconds(rounds) < shareSeconds { rounds *= 2 }
    let best = (0..<shares).map { _ in seconds(rounds) }.reduce(.infinity, min)
    return 2 * Double(rounds) * Double(values.count) / best / 1e9
  }
}
