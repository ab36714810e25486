import Model

/// Which matrices a forward pass needs: a matrix is used again once nothing reads its values any
/// more.
///
/// A layer never writes a matrix that it reads.
package struct ForwardPlan: Sendable, Equatable {
  /// The columns of each matrix, the most that it ever has.
  package private(set) var columns: [Int]
  /// The matrix of each value: of the network's input, then of each node's output.
  package let matrices: [Int]

  /// Plans the memory of a network.
  ///
  /// - Parameter network: The network.
  package init(_ network: Network) {
    let counts = [network.inputShape.count] + network.layers.map(\.outputShape.count)
    // For each value the last node that reads it.
    var lastReaders = [Int](repeating: -1, count: counts.count)
    let reads = network.nodes.map { node in
      let second = node.secondInput == node.input ? nil : node.secondInput
      return [node.input, second].compactMap { $0?.valueIndex }
    }
    for (index, values) in reads.enumerated() {
      for value in values { lastReaders[value] = index }
    }
    var columns = [counts[0]]
    var matrices = [0]
    var free: [Int] = []
    for (index, values) in reads.enumerated() {
      let matrix = free.popLast() ?? columns.count
      if matrix == columns.count { columns.append(0) }
      columns[matrix] = max(columns[matrix], counts[index + 1])
      matrices.append(matrix)
      free += values.filter { lastReaders[$0] == index }.map { matrices[$0] }
    }
    self.columns = columns
    self.matrices = matrices
  }
}
