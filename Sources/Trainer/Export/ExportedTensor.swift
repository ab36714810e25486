import Model

/// A tensor of single-precision numbers.
package struct ExportedTensor: Sendable, Equatable {
  /// The extents, outermost first.
  package let shape: [Int]
  /// The values, row-major.
  package let values: [Float]

  /// Creates a tensor.
  ///
  /// - Parameters:
  ///   - shape: The extents, outermost first.
  ///   - values: The values, row-major.
  package init(shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "as many values as the shape has")
    self.shape = shape
    self.values = values
  }

  /// The tensor with its axes in another order.
  ///
  /// - Parameter axes: For each axis of the result, the axis of this tensor.
  /// - Returns: The tensor, whose values are moved.
  package func transposed(_ axes: [Int]) -> ExportedTensor {
    precondition(axes.sorted() == Array(shape.indices), "every axis once")
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    let extents = axes.map { shape[$0] }
    let steps = axes.map { strides[$0] }
    var place = [Int](repeating: 0, count: axes.count)
    var source = 0
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for _ in values.indices {
      result.append(values[source])
      // Counts up like the digits of a number, the last axis fastest.
      for axis in axes.indices.reversed() {
        place[axis] += 1
        source += steps[axis]
        if place[axis] < extents[axis] { break }
        source -= steps[axis] * extents[axis]
        place[axis] = 0
      }
    }
    return ExportedTensor(shape: extents, values: result)
  }
}

extension ExportedTensor {
  /// The values, little-endian.
  var bytes: [UInt8] { SafetensorsTensor(name: "", shape: shape, floats: values).bytes }

  /// A single number.
  ///
  /// - Parameter number: The number.
  /// - Returns: A tensor without extents.
  static func scalar(_ number: Float) -> ExportedTensor {
    ExportedTensor(shape: [], values: [number])
  }
}
