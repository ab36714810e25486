/// One part of a network: a value that declares what it needs and does the arithmetic for one
/// shard.
///
/// A layer owns no memory and does not depend on threads. Its caller gives it a ``LayerContext``
/// with pointers into flat buffers. A layer declares its further duties by conforming to other
/// protocols: ``ForwardMerging``, ``BackwardMerging``, ``BackwardFinishing``, ``TiledGradients``,
/// ``CachesParameters`` and ``TransformsParameters``.
package protocol Layer: Sendable {
  /// The name that tensors and messages start with, such as `dense1`.
  var name: String { get }
  /// The shape of one sample's input.
  var inputShape: Shape { get }
  /// The shape of one sample's output.
  var outputShape: Shape { get }
  /// The tensors that the optimizer trains, in the order of memory.
  var parameters: [TensorDeclaration] { get }
  /// The tensors that training tracks besides the parameters, in the order of memory.
  var statistics: [TensorDeclaration] { get }
  /// Floats that the layer keeps for the whole batch between calls.
  var keptCount: Int { get }
  /// Floats of memory that each worker lends to a call.
  var scratchCount: Int { get }
  /// The floating-point operations of the layer's products, per sample, by the definition of the
  /// layer.
  var operations: LayerOperations { get }
  /// Those that are executed: fewer if the layer computes its products in another way.
  var executedOperations: LayerOperations { get }
  /// The formulas of the layer in evaluation, which are applied one after the other; nil if none
  /// describes it, so that its network cannot be exported.
  var formulas: [LayerFormula]? { get }
  /// Whether backward turns the output's gradient into the input's in one buffer.
  var isBackwardInPlace: Bool { get }
  /// Whether backward computes the input's gradient.
  var givesInputGradient: Bool { get }
  /// The matrices that the backward pass reads besides gradients; other memory may be reused.
  var backwardReads: BackwardReads { get }

  /// The leaves of a unit, a power of two: one, or those of a shard if the bits of a product's row
  /// may depend on the number of rows.
  var unitLeaves: Int { get }

  /// The layer for the start of a network, where the input's gradient is not needed.
  ///
  /// - Returns: A layer without the input's gradient, or the same one if that saves nothing.
  func withoutInputGradient() -> Self

  /// Computes the output; with ``ForwardMerging``, what must be merged before it can be computed.
  ///
  /// - Parameter pass: The shard's memory.
  func forward(_ pass: LayerContext)
  /// Computes the input's gradient; with ``BackwardMerging``, also what must be merged; with
  /// ``BackwardFinishing``, the input's gradient follows after the merge.
  ///
  /// - Parameter pass: The shard's memory.
  func backward(_ pass: LayerContext)

  /// Floats that ``prepareEvaluation(_:)`` fills and ``evaluate(_:)`` reads.
  var evaluationKeptCount: Int { get }
  /// Prepares for ``evaluate(_:)`` with the present parameters and statistics.
  ///
  /// - Parameter memory: The layer's memory, with `evaluationKeptCount` kept floats, which training
  ///   does not share.
  func prepareEvaluation(_ memory: LayerMemory)
  /// Computes the output as in evaluation: no dropout, running statistics.
  ///
  /// - Parameter pass: The rows' memory.
  func evaluate(_ pass: EvaluationContext)
}

/// Defaults, mostly for layers without tensors and without an input gradient of their own.
extension Layer {
  /// None.
  package var parameters: [TensorDeclaration] { [] }
  /// None.
  package var statistics: [TensorDeclaration] { [] }
  /// None.
  package var keptCount: Int { 0 }
  /// None.
  package var scratchCount: Int { 0 }
  /// As in training.
  package var evaluationKeptCount: Int { keptCount }
  /// Prepares nothing.
  package func prepareEvaluation(_ memory: LayerMemory) {}
  /// Both.
  package var backwardReads: BackwardReads { [.input, .output] }
  /// No products.
  package var operations: LayerOperations { LayerOperations() }
  /// All.
  package var executedOperations: LayerOperations { operations }
  /// Every leaf can be worked on by itself.
  package var unitLeaves: Int { 1 }
  /// Backward computes it.
  package var givesInputGradient: Bool { true }
  /// Saves nothing.
  package func withoutInputGradient() -> Self { self }
}

/// The values of the forward pass that a layer's backward pass reads.
package struct BackwardReads: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// The inputs.
  package static let input = BackwardReads(rawValue: 1)
  /// The output.
  package static let output = BackwardReads(rawValue: 2)
}
