import CKernels
import Glibc

/// The sum of products as the register tile computes it: a chain of fused multiply-adds for each
/// block of terms, and the chains added in pairs, pairs of pairs and so on.
///
/// - Parameters:
///   - count: The number of terms.
///   - block: The most terms of a chain.
///   - term: Receives the index of a term and returns its factors.
/// - Returns: The sum; 0 without terms.
func chainSum(
  count: Int, block: Int = Int(PRODUCT_DEPTH), _ term: (Int) -> (Float, Float)
) -> Float {
  var sums = stride(from: 0, to: count, by: block).map { first in
    var sum: Float = 0
    for index in first..<min(first + block, count) {
      let (left, right) = term(index)
      sum = fmaf(left, right, sum)
    }
    return sum
  }
  while sums.count > 1 {
    sums = stride(from: 0, to: sums.count, by: 2).map {
      $0 + 1 < sums.count ? sums[$0] + sums[$0 + 1] : sums[$0]
    }
  }
  return sums.first ?? 0
}
