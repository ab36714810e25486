/// A layer whose kernels read its parameters transformed, each value from many of them.
///
/// Unlike what ``CachesParameters`` keeps, they are computed anew before each batch, when all
/// parameters are known.
package protocol TransformsParameters: Layer {
  /// Whether there is anything to transform.
  var transformsParameters: Bool { get }
  /// Transforms a part of the parameters, or of what is kept of them.
  ///
  /// Several workers may call it at once for different parts.
  ///
  /// - Parameters:
  ///   - part: The part.
  ///   - parts: The number of parts, which cover all parameters.
  ///   - memory: The layer's memory.
  func transformParameters(part: Int, of parts: Int, memory: LayerMemory)
}

extension Network {
  /// The indices of the layers that transform their parameters.
  package var transformingLayers: [Int] {
    layers.indices.filter { index in
      (layers[index] as? any TransformsParameters)?.transformsParameters ?? false
    }
  }
}
