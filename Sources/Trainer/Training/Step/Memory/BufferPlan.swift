import Model

/// Which matrices a training step needs, and which of them its layers share.
///
/// Every matrix has one row per sample of the batch. If several layers read one output, each of
/// them gives a gradient: the last of them in the network writes its gradient, the others' are
/// added to it in the order of the backward pass.
package struct BufferPlan: Sendable, Equatable {
  /// A gradient that is added to another one.
  package struct Addition: Sendable, Equatable {
    /// The matrix that is added.
    let from: Int
    /// The matrix that it is added to.
    let to: Int
  }

  /// The matrices of one node, as indices of ``columns``.
  struct Matrices: Sendable, Equatable {
    var input: Int
    var secondInput: Int?
    var output: Int
    var outputGradient: Int
    /// The matrix for the gradient of the layer's input; nil if it is not needed.
    var inputGradient: Int?
    var secondInputGradient: Int?
    /// The additions after the layer's gradients are computed.
    var additions: [Addition] = []
  }

  /// The columns of each matrix, of which the first is the network's input.
  package private(set) var columns: [Int]
  /// For each node its matrices.
  private(set) var nodes: [Matrices] = []

  /// Plans the memory of a network.
  ///
  /// - Parameter network: The network.
  package init(_ network: Network) {
    columns = [network.inputShape.count]
    for node in network.nodes {
      columns.append(node.layer.outputShape.count)
      // Outputs follow the input in the order of the nodes.
      nodes.append(
        Matrices(
          input: node.input.valueIndex, secondInput: node.secondInput?.valueIndex,
          output: columns.count - 1, outputGradient: 0))
    }
    planGradients(network)
  }

  private mutating func planGradients(_ network: Network) {
    // For each value, the input first, the matrix of its gradient.
    var gradients = [Int?](repeating: nil, count: network.nodes.count + 1)
    // Either may be needed first: the second one by a residual block that begins with another one.
    var scratch: [Int?] = [nil, nil]
    func add(_ columns: Int, to plan: inout BufferPlan) -> Int {
      plan.columns.append(columns)
      return plan.columns.count - 1
    }
    /// A matrix for a gradient that is added to another one at once, so that nodes share it.
    func temporary(_ index: Int, columns count: Int, in plan: inout BufferPlan) -> Int {
      let matrix = scratch[index] ?? add(0, to: &plan)
      scratch[index] = matrix
      plan.columns[matrix] = max(plan.columns[matrix], count)
      return matrix
    }
    for index in network.nodes.indices.reversed() {
      let node = network.nodes[index]
      let outputGradient =
        gradients[index + 1] ?? add(node.layer.outputShape.count, to: &self)
      nodes[index].outputGradient = outputGradient
      let count = node.layer.inputShape.count
      if node.layer.givesInputGradient, node.input != .network {
        let value = node.input.valueIndex
        let isFirst = gradients[value] == nil
        let matrix =
          node.layer.isBackwardInPlace
          ? outputGradient
          : isFirst ? add(count, to: &self) : temporary(0, columns: count, in: &self)
        nodes[index].inputGradient = matrix
        if let gradient = gradients[value] {
          nodes[index].additions.append(Addition(from: matrix, to: gradient))
        } else {
          gradients[value] = matrix
        }
      }
      if let second = node.secondInput, second != .network {
        if let gradient = gradients[second.valueIndex] {
          let matrix = temporary(1, columns: count, in: &self)
          nodes[index].secondInputGradient = matrix
          nodes[index].additions.append(Addition(from: matrix, to: gradient))
        } else {
          let matrix = add(count, to: &self)
          nodes[index].secondInputGradient = matrix
          gradients[second.valueIndex] = matrix
        }
      }
    }
  }
}
