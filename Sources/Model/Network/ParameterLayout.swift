import Parallel

/// The layout of the tensors of one kind in a flat buffer.
package struct ParameterLayout: Sendable, Equatable {
  /// The position of one tensor.
  package struct Entry: Sendable, Equatable {
    /// The complete name, for example `dense1.weight`.
    package let name: String
    /// The extent of each dimension, the outermost first.
    package let shape: [Int]
    /// The range in the flat buffer, in floats; there is padding between tensors.
    package let range: Range<Int>
    /// The distribution of the initial values.
    package let initializer: Initializer
    /// Whether weight decay applies.
    package let decays: Bool
    /// The panels of a matrix; nil for a row-major tensor.
    package let panels: Panels?

    /// The panels of a matrix, a single one if it is row-major; nil for other tensors.
    package var matrix: Panels? {
      if let panels { return panels }
      return shape.count == 2 ? Panels(rows: shape[0], columns: shape[1], width: shape[1]) : nil
    }
  }

  /// The tensors in the order of the buffer.
  package let entries: [Entry]
  /// For each layer, the offset of its first tensor in floats.
  package let layerOffsets: [Int]
  /// The number of floats in the buffer, padding included.
  package let count: Int

  /// Arranges tensors one after another, each at the start of a cache line.
  ///
  /// - Parameter declarations: For each layer, its name and its tensors.
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
            range: offset..<offset + tensor.count, initializer: tensor.initializer,
            decays: tensor.decays,
            panels: tensor.panels))
        offset += paddedCount(tensor.count)
      }
    }
    self.entries = entries
    layerOffsets = offsets
    count = offset
  }

  /// The layer that owns a tensor.
  ///
  /// - Parameter offset: The offset of any float of the tensor in the flat buffer.
  /// - Returns: The layer's index.
  package func layer(at offset: Int) -> Int {
    // A layer without tensors has the same offset as the next one.
    guard let layer = layerOffsets.lastIndex(where: { $0 <= offset }) else {
      preconditionFailure("the first layer starts at 0")
    }
    return layer
  }

  /// The number of values of all tensors, without padding.
  package var valueCount: Int { entries.reduce(0) { $0 + $1.range.count } }
}
