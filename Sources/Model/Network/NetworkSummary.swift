/// The layers of a network with their sizes and costs.
package struct NetworkSummary: Sendable, Equatable, Encodable {
  /// One layer.
  package struct Row: Sendable, Equatable, Encodable {
    /// The layer's name, such as `dense1`.
    package let name: String
    /// The extents of one sample's output.
    package let output: [Int]
    /// The values that training changes.
    package let parameters: Int
    /// The floating-point operations of products per sample, forward.
    package let forwardOperations: Int
    /// The same, backward.
    package let backwardOperations: Int
  }

  /// The extents of one sample's input.
  package let input: [Int]
  /// The layers' description, without the classifier.
  package let model: ModelDescription
  /// The layers in order, the classifier last.
  package let layers: [Row]
  /// The parameters of all layers.
  package let parameters: Int
  /// The floating-point operations of products per sample, of all layers, forward.
  package let forwardOperations: Int
  /// The same, backward.
  package let backwardOperations: Int

  /// Sums up a network as it is described: no layers are joined.
  ///
  /// - Parameter architecture: The network.
  package init(_ architecture: Architecture) {
    let network = Network(architecture, seed: 0, fuses: false)
    input = architecture.input.extents
    model = architecture.model
    layers = network.layers.map { layer in
      Row(
        name: layer.name, output: layer.outputShape.extents,
        parameters: layer.parameters.reduce(0) { $0 + $1.count },
        forwardOperations: layer.operations.forward,
        backwardOperations: layer.operations.backward)
    }
    parameters = layers.reduce(0) { $0 + $1.parameters }
    forwardOperations = layers.reduce(0) { $0 + $1.forwardOperations }
    backwardOperations = layers.reduce(0) { $0 + $1.backwardOperations }
  }
}
