import Files
import Model
import Training

/// A trained network as formulas with their weights, in the order of computation.
package struct InferenceGraph: Sendable, Equatable {
  /// The shape of one sample's input: rows x columns x channels, or only a number of values if the
  /// model's file does not say more.
  package let input: Shape
  /// The steps; each comes after those whose values it takes.
  package var steps: [InferenceStep]

  /// Creates a graph from its parts.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample's input.
  ///   - steps: The steps; each comes after those whose values it takes.
  package init(input: Shape, steps: [InferenceStep]) {
    self.input = input
    self.steps = steps
  }

  /// Describes a network.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - tensors: Its parameters and running statistics by name.
  /// - Throws: `TrainerError` for a layer that no formula describes.
  package init(_ network: Network, tensors: [String: ExportedTensor]) throws {
    input = network.inputShape
    steps = []
    // For each value of the network, that of the graph.
    var values = [0]
    for node in network.nodes {
      guard let formulas = node.layer.formulas else {
        throw TrainerError(
          .failed, "\(node.layer.name): a layer of this kind cannot be exported")
      }
      var inputs = [values[node.input.valueIndex]]
      if let second = node.secondInput { inputs.append(values[second.valueIndex]) }
      for formula in formulas {
        steps.append(
          InferenceStep(node.layer, formula, inputs: inputs, tensors: tensors))
        inputs = [steps.count]
      }
      values.append(inputs[0])
    }
  }

  /// The shape of a value.
  ///
  /// - Parameter value: 0 for the input, otherwise the number of steps up to the one that gives it.
  /// - Returns: The shape of one sample.
  package func shape(of value: Int) -> Shape {
    value == 0 ? input : steps[value - 1].outputShape
  }

  /// The number of steps that take each value: the input first, then those of the steps.
  package var readerCounts: [Int] {
    var counts = [Int](repeating: 0, count: steps.count + 1)
    for input in steps.flatMap(\.inputs) { counts[input] += 1 }
    return counts
  }
}
