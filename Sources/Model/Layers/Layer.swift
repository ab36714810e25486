import Parallel

/// One part of a network: a value that says what it needs and does the arithmetic for one shard.
///
/// A layer owns no memory and knows no thread. Its caller gives it a ``ShardPass`` with pointers into
/// flat buffers, and merges across shards what the layer declares. In a training step it calls, for
/// every shard, ``forward(_:)``; merges the shards' forward partials and calls
/// ``mergedForward(_:columns:batchRows:memory:)``; then ``finishForward(_:)``. Backward likewise. A
/// layer without a merge has only the first call.
package protocol Layer: Sendable {
  /// The name that tensors and messages start with, such as `dense1`.
  var name: String { get }
  /// The shape of one sample's input.
  var inputShape: Shape { get }
  /// The shape of one sample's output.
  var outputShape: Shape { get }
  /// What the optimizer trains, in the order of memory.
  var parameters: [TensorDeclaration] { get }
  /// What training tracks beside the parameters, in the order of memory.
  var statistics: [TensorDeclaration] { get }
  /// Floats that the layer keeps for the whole batch between calls.
  var keptCount: Int { get }
  /// Whether backward turns the output's gradient into the input's in one buffer.
  var isBackwardInPlace: Bool { get }

  /// What ``forward(_:)`` leaves in the pass's forward partial, and how it is merged.
  var forwardMerge: MergeRule? { get }
  /// What ``backward(_:)`` leaves in the pass's backward partial, and how it is merged.
  var backwardMerge: MergeRule? { get }
  /// Whether ``finishBackward(_:)`` has to follow the backward merge before earlier layers go on.
  var finishesBackward: Bool { get }

  /// Computes the output, or what has to be merged before it can be.
  ///
  /// - Parameter pass: The shard's memory.
  func forward(_ pass: ShardPass)
  /// Takes in a slice of the batch's merged forward result.
  ///
  /// - Parameters:
  ///   - merged: The merged partial, whole; only `columns` of it are valid.
  ///   - columns: The slice.
  ///   - batchRows: Rows of the batch.
  ///   - memory: The layer's memory.
  func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory)
  /// Computes the output after the merge.
  ///
  /// - Parameter pass: The shard's memory.
  func finishForward(_ pass: ShardPass)

  /// Computes the input's gradient, or what has to be merged before it can be.
  ///
  /// - Parameter pass: The shard's memory.
  func backward(_ pass: ShardPass)
  /// Takes in a slice of the batch's merged backward result; writes parameter gradients from it.
  ///
  /// - Parameters:
  ///   - merged: The merged partial, whole; only `columns` of it are valid.
  ///   - columns: The slice.
  ///   - batchRows: Rows of the batch.
  ///   - memory: The layer's memory.
  func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory)
  /// Computes the input's gradient after the merge.
  ///
  /// - Parameter pass: The shard's memory.
  func finishBackward(_ pass: ShardPass)

  /// The tiles in which ``tileGradient(_:pass:into:adds:)`` computes parameter gradients; parameters
  /// in no tile get theirs from ``mergedBackward(_:columns:batchRows:memory:)``.
  ///
  /// - Parameter shardSize: Rows of a shard. The cut may depend on it, never on the workers.
  /// - Returns: Disjoint tiles.
  func gradientTiles(shardSize: Int) -> [GradientTile]
  /// Computes one shard's share of a tile's gradient.
  ///
  /// - Parameters:
  ///   - tile: One of ``gradientTiles(shardSize:)``.
  ///   - pass: The shard's memory, after backward.
  ///   - destination: The tile, in the order of the parameters' memory.
  ///   - adds: Whether the share is added to what the destination holds, with the bits that adding it
  ///     afterwards would give.
  func tileGradient(
    _ tile: GradientTile, pass: ShardPass, into destination: UnsafeMutablePointer<Float>,
    adds: Bool)
  /// Takes note that the parameters of a tile have changed.
  ///
  /// - Parameters:
  ///   - tile: One of ``gradientTiles(shardSize:)``.
  ///   - memory: The layer's memory.
  func parametersChanged(_ tile: GradientTile, memory: LayerMemory)

  /// Prepares for ``evaluate(_:)`` with the present parameters and statistics.
  ///
  /// - Parameter memory: The layer's memory.
  func prepareEvaluation(_ memory: LayerMemory)
  /// Computes the output as in evaluation: no dropout, running statistics.
  ///
  /// - Parameter pass: The shard's memory.
  func evaluate(_ pass: ShardPass)
}

/// What most layers leave out.
extension Layer {
  /// None.
  package var parameters: [TensorDeclaration] { [] }
  /// None.
  package var statistics: [TensorDeclaration] { [] }
  /// None.
  package var keptCount: Int { 0 }
  /// Nothing is merged.
  package var forwardMerge: MergeRule? { nil }
  /// Nothing is merged.
  package var backwardMerge: MergeRule? { nil }
  /// Backward is whole after its first call.
  package var finishesBackward: Bool { false }
  /// Does nothing.
  package func mergedForward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {}
  /// Does nothing.
  package func finishForward(_ pass: ShardPass) {}
  /// Does nothing.
  package func mergedBackward(
    _ merged: UnsafePointer<Float>, columns: Range<Int>, batchRows: Int, memory: LayerMemory
  ) {}
  /// Does nothing.
  package func finishBackward(_ pass: ShardPass) {}
  /// No tiles.
  package func gradientTiles(shardSize: Int) -> [GradientTile] { [] }
  /// Never called: there are no tiles.
  package func tileGradient(
    _ tile: GradientTile, pass: ShardPass, into destination: UnsafeMutablePointer<Float>,
    adds: Bool
  ) {}
  /// Does nothing.
  package func parametersChanged(_ tile: GradientTile, memory: LayerMemory) {}
  /// Does nothing.
  package func prepareEvaluation(_ memory: LayerMemory) {}
}
