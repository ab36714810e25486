import Model

extension Network {
  /// The floating-point operations of matrix products per sample in training.
  ///
  /// They are the forward products and weight gradients of every dense layer, and the input
  /// gradients of all dense layers but the first. A multiplication and its addition count as two.
  package var trainingFlopsPerSample: Int {
    layers.enumerated().reduce(0) { sum, entry in
      guard let linear = entry.element as? Linear else { return sum }
      return sum + (entry.offset == 0 ? 4 : 6) * linear.inputCount * linear.outputCount
    }
  }
}
