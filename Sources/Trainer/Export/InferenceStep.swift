import Model

/// One formula of an ``InferenceGraph``.
package struct InferenceStep: Sendable, Equatable {
  /// The layer's name, such as `dense1`.
  package let name: String
  /// The formula that is computed.
  package let formula: LayerFormula
  /// The values that it takes: 0 is the network's input, and *n* what the *n*-th step gives.
  package var inputs: [Int]
  /// The shape of one sample's input, of as many values as those that it takes.
  package let inputShape: Shape
  /// The shape of one sample's output.
  package let outputShape: Shape
  /// The layer's tensors by their names within it, such as `weight`.
  package var tensors: [String: ExportedTensor]

  /// Describes a layer.
  init(
    _ layer: any Layer, _ formula: LayerFormula, inputs: [Int], tensors: [String: ExportedTensor]
  ) {
    name = layer.name
    self.formula = formula
    self.inputs = inputs
    inputShape = layer.inputShape
    outputShape = layer.outputShape
    self.tensors = Dictionary(
      uniqueKeysWithValues: (layer.parameters + layer.statistics).map { declared in
        guard let tensor = tensors["\(layer.name).\(declared.name)"] else {
          preconditionFailure("the network has its layers' tensors")
        }
        return (declared.name, tensor)
      })
  }

  /// A tensor that the formula needs.
  ///
  /// - Parameter name: The name within the layer, such as `weight`.
  /// - Returns: The tensor.
  package func tensor(_ name: String) -> ExportedTensor {
    guard let tensor = tensors[name] else { preconditionFailure("\(self.name) has \(name)") }
    return tensor
  }
}
