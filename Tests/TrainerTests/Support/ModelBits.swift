import Model
import Parallel

@testable import Trainer

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
}

extension ModelState {
  /// The gradients of each parameter tensor, by name.
  var gradientsByName: [(name: String, values: [Float])] {
    network.parameters.entries.map { ($0.name, Array(gradients.elements[$0.range])) }
  }

  /// The values of a parameter or running statistic; empty where there is none of the name.
  subscript(name: String) -> [Float] {
    tensors.first { $0.entry.name == name }.map { Array($0.values) } ?? []
  }

  /// Gives a parameter or running statistic other values.
  func set(_ name: String, to values: [Float]) {
    for (entry, place) in tensors where entry.name == name {
      precondition(place.count == values.count, "\(name) has \(place.count) values")
      _ = place.update(fromContentsOf: values)
    }
  }
}
