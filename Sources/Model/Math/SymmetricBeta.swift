import Parallel

/// The distribution Beta(a, a): numbers from 0 to 1 with a density proportional to
/// `(x (1 - x))^(a - 1)`.
///
/// With U and V uniform between 0 and 1, T = sqrt(2a (U^(-1/a) - 1)) cos(2 pi V) has Student's
/// distribution of 2a degrees of freedom (Bailey, "Polar generation of random variates with the
/// t-distribution", Mathematics of Computation 62(206), 1994), and (1 + T / sqrt(2a + T^2)) / 2 has
/// this one (Devroye, "Random variate generation in one line of code", Winter Simulation Conference
/// 1996). So every number takes two uniform ones, and none is rejected. The functions are those of
/// this module, with the same bits on every CPU.
package struct SymmetricBeta: Sendable {
  private let shape: Double

  /// Creates a distribution.
  ///
  /// - Parameter shape: a, above 0.
  package init(shape: Double) {
    precondition(shape > 0, "a is above 0")
    self.shape = shape
  }

  /// Draws a number.
  ///
  /// - Parameter stream: Where its two uniform numbers come from.
  /// - Returns: A number from 0 to 1.
  package func draw(from stream: inout RandomStream) -> Double {
    // With q = U^(1/a), T / sqrt(2a + T^2) is cos(2 pi V) sqrt((1 - q) / (q + (1 - q) cos(2 pi
    // V)^2)). The cosine is not 0, since V is an odd multiple of 2^-53; so the divisor is not, even
    // if q is.
    let q = exponential(naturalLogarithm(stream.nextUnitInterval()) / shape)
    let cosine = cosineOfHalfTurns(2 * stream.nextUnitInterval())
    let ratio = (1 - q) / (q + (1 - q) * (cosine * cosine))
    // Rounding may lead beyond the ends.
    return min(max((1 + cosine * ratio.squareRoot()) / 2, 0), 1)
  }
}
