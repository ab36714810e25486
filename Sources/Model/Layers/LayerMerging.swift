import Parallel

/// A layer whose output depends on the whole batch.
///
/// For every leaf of a shard ``Layer/forward(_:)`` leaves a partial result in the pass's
/// `forwardPartial(leaf)`. They are merged over the leaves, each worker's slice of the columns goes
/// to ``mergedForward(_:columns:batchRows:memory:)``, and ``finishForward(_:)`` follows for every
/// shard.
package protocol ForwardMerging: Layer {
  /// The rule that says what the partial result is, and how it is merged.
  var forwardMerge: MergeRule { get }
  /// Receives a slice of the batch's merged result.
  ///
  /// - Parameters:
  ///   - merged: The merged partial result, whole; only `columns` of it are valid.
  ///   - columns: The slice.
  ///   - batchRows: Rows of the batch.
  ///   - memory: The layer's memory.
  func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory)
  /// Computes the output after the merge.
  ///
  /// - Parameter pass: The shard's memory.
  func finishForward(_ pass: LayerContext)
}

/// A layer that sums something over the whole batch in the backward pass, such as a bias's
/// gradient.
///
/// For every leaf of a shard ``Layer/backward(_:)`` leaves a partial result in the pass's
/// `backwardPartial(leaf)`. They are merged over the leaves, and each worker's slice of the columns
/// goes to ``mergedBackward(_:columns:batchRows:memory:gradients:)``.
package protocol BackwardMerging: Layer {
  /// The rule that says what the partial result is, and how it is merged; nil if there is none.
  var backwardMerge: MergeRule? { get }
  /// Receives a slice of the batch's merged result, and writes from it the gradients of the
  /// parameters that are in no tile.
  ///
  /// - Parameters:
  ///   - merged: The merged partial result, whole; only `columns` of it are valid.
  ///   - columns: The slice.
  ///   - batchRows: Rows of the batch.
  ///   - memory: The layer's memory.
  ///   - gradients: The gradients of the layer's parameters, laid out like those; summed over the
  ///     batch.
  func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory,
    gradients: UnsafeMutablePointer<Float>)
}

/// A layer whose input's gradient depends on the whole batch: earlier layers wait for
/// ``finishBackward(_:)``.
package protocol BackwardFinishing: BackwardMerging {
  /// Computes the input's gradient after the merge.
  ///
  /// - Parameter pass: The shard's memory.
  func finishBackward(_ pass: LayerContext)
}
