import CKernels
import Parallel

/// Computes the Euclidean norm of a flat buffer with all workers together.
///
/// The squares in blocks of a fixed size are summed in double precision. The sums of blocks are
/// added in the order of ``PairwiseTree``.
final class GradientNorm: Sendable {
  /// The number of floats of a block; a worker's share consists of whole blocks.
  static let blockSize = 4_096

  private let sums: AlignedBuffer<Double>

  /// Allocates memory for the sums of blocks.
  ///
  /// - Parameter count: The number of floats in the buffer.
  init(count: Int) {
    sums = AlignedBuffer(count: (count + Self.blockSize - 1) / Self.blockSize)
  }

  /// Computes the sums of a worker's blocks.
  ///
  /// - Parameters:
  ///   - values: The buffer, (count); its padding must be zero.
  ///   - share: The worker's share, which starts and ends at block boundaries or at the buffer's
  ///     end.
  func addSquares(_ values: UnsafePointer<Float>, share: Range<Int>) {
    var first = share.lowerBound
    while first < share.upperBound {
      let count = min(Self.blockSize, share.upperBound - first)
      kernel_sum_of_squares(values + first, Int64(count), sums.pointer + first / Self.blockSize)
      first += count
    }
  }

  /// The norm; valid after a barrier that follows ``addSquares(_:share:)`` on every worker.
  var value: Double {
    PairwiseTree.sum(leafCount: sums.count) {
      sums.pointer[$0]
    } combine: {
      $0 += $1
    }.squareRoot()
  }
}
