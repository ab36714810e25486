import Parallel

/// Where each tensor of a kind lies in that kind's flat buffer.
package struct ParameterLayout: Sendable, Equatable {
  /// One tensor's place.
  package struct Entry: Sendable, Equatable {
    /// The whole name, such as `dense1.weight`.
    package let name: String
    /// The extents, outermost first.
    package let shape: [Int]
    /// The floats in the flat buffer; what lies between two tensors is padding.
    package let range: Range<Int>
    /// The values before training.
    package let start: Initializer
    /// Whether weight decay applies.
    package let decays: Bool
    /// How a matrix is stored; nil for row-major.
    package let panels: Panels?

    /// How a matrix is stored, row-major ones as a single panel; nil for what is no matrix.
    package var matrix: Panels? {
      if let panels { return panels }
      return shape.count == 2 ? Panels(rows: shape[0], columns: shape[1], width: shape[1]) : nil
    }
  }

  /// The tensors in the order of memory.
  package let entries: [Entry]
  /// Where each layer's tensors start, in floats.
  package let layerOffsets: [Int]
  /// Floats of the whole buffer, padding included.
  package let count: Int

  /// Lays tensors out one after another, each at the start of a cache line.
  ///
  /// - Parameter declarations: For each layer its name and tensors.
  init(_ declarations: [(layer: String, tensors: [TensorDeclaration])]) {
    var entries: [Entry] = []
    var offsets: [Int] = []
    var offset = 0
    for (layer, tensors) in declarations {
      offsets.append(offset)
      for tensor in tensors {
        entries.append(
          Entry(
            name: "\(layer).\(tensor.name)", shape: tensor.shape,
            range: offset..<offset + tensor.count, start: tensor.start, decays: tensor.decays,
            panels: tensor.panels))
        offset += paddedCount(tensor.count)
      }
    }
    self.entries = entries
    layerOffsets = offsets
    count = offset
  }

  /// The layer that a tensor belongs to.
  ///
  /// - Parameter offset: A float of the tensor, in the flat buffer.
  /// - Returns: The layer's index.
  package func layer(at offset: Int) -> Int {
    // A layer without tensors starts where the next one does.
    guard let layer = layerOffsets.lastIndex(where: { $0 <= offset }) else {
      preconditionFailure("the first layer starts at 0")
    }
    return layer
  }

  /// Values of all tensors, without padding.
  package var valueCount: Int { entries.reduce(0) { $0 + $1.range.count } }
}
