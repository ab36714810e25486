@testable import Model
@testable import Parallel
@testable import Training

/// Everything that training changes, bit by bit.
struct ModelBits: Equatable {
  let parameters: [UInt32]
  let statistics: [UInt32]
  let optimizerStates: [[UInt32]]

  init(_ state: ModelState) {
    func bits(_ buffer: AlignedBuffer<Float>) -> [UInt32] { buffer.elements.map(\.bitPattern) }
    parameters = bits(state.parameters)
    statistics = bits(state.statistics)
    optimizerStates = state.optimizerStates.map(bits)
  }

  /// What all ranks of a step hold together; rank 0's, where they should all hold the same.
  init(ranks: [ModelBits]) {
    parameters = ranks[0].parameters
    statistics = ranks[0].statistics
    optimizerStates = ranks[0].optimizerStates.indices.map { state in
      ranks.flatMap { $0.optimizerStates[state] }
    }
  }
}

extension ModelState {
  /// The gradients of each parameter tensor, by name.
  var gradientsByName: [(name: String, values: [Float])] {
    gradientTensors.map { ($0.entry.name, $0.values) }
  }

  /// The values of a parameter or running statistic; empty where there is none of the name.
  subscript(name: String) -> [Float] {
    tensors.first { $0.entry.name == name }?.values ?? []
  }

  /// Gives a parameter or running statistic other values.
  func set(_ name: String, to values: [Float]) {
    for tensor in tensors where tensor.entry.name == name { tensor.write(values) }
  }
}
