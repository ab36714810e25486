import CKernels
import Parallel

/// The Euclidean norm of a flat buffer, measured by all workers together.
///
/// Blocks of a fixed size are summed in double precision and added in the order of ``PairwiseTree``.
final class GradientNorm: Sendable {
  /// Floats of a block; workers' shares are whole blocks.
  static let blockSize = 4_096

  private let sums: AlignedBuffer<Double>

  /// Makes room for the blocks' sums.
  ///
  /// - Parameter count: Floats of the buffer.
  init(count: Int) {
    sums = AlignedBuffer(count: (count + Self.blockSize - 1) / Self.blockSize)
  }

  /// Sums a worker's blocks.
  ///
  /// - Parameters:
  ///   - values: The buffer; padding in it is zero.
  ///   - share: The worker's share, from and to whole blocks.
  func measure(_ values: UnsafePointer<Float>, share: Range<Int>) {
    var first = share.lowerBound
    while first < share.upperBound {
      let count = min(Self.blockSize, share.upperBound - first)
      kernel_sum_of_squares(values + first, Int64(count), sums.pointer + first / Self.blockSize)
      first += count
    }
  }

  /// The norm, after a barrier behind every worker's ``measure(_:share:)``.
  var value: Double {
    PairwiseTree.sum(leafCount: sums.count) {
      sums.pointer[$0]
    } combine: {
      $0 += $1
    }.squareRoot()
  }
}
