import Model

extension Network {
  /// Floating-point operations of the matrix products that a sample costs in training: forward and
  /// weight gradients of every dense layer, input gradients of all but the first; two for each
  /// multiplication with its addition.
  package var trainingFlopsPerSample: Int {
    layers.enumerated().reduce(0) { sum, entry in
      guard let linear = entry.element as? Linear else { return sum }
      return sum + (entry.offset == 0 ? 4 : 6) * linear.inputCount * linear.outputCount
    }
  }
}
