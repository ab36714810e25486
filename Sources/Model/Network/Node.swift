/// A layer of a network, and the source of its input.
package struct Node: Sendable {
  /// The layer.
  package let layer: any Layer
  /// The layer's input.
  package let input: Source
  /// The second input of a layer that has two; nil for all others.
  package let secondInput: Source?

  /// Creates a node.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - input: The layer's input.
  ///   - secondInput: The second input of a layer that has two.
  package init(_ layer: any Layer, input: Source, secondInput: Source? = nil) {
    self.layer = layer
    self.input = input
    self.secondInput = secondInput
  }

  /// Where values come from.
  package enum Source: Sendable, Equatable {
    /// The network's input.
    case network
    /// The output of the node with this index.
    case node(Int)

    /// The index of the values among the network's input and all outputs: 0 for the input.
    package var valueIndex: Int {
      switch self {
      case .network: 0
      case .node(let index): index + 1
      }
    }
  }
}
