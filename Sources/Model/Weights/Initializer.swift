import Parallel

/// The distribution of a tensor's initial values.
package enum Initializer: Sendable, Equatable {
  /// All values are 0.
  case zeros
  /// All values are 1.
  case ones
  /// Normal with mean 0 and variance 2 / fanIn, for layers before a ReLU (He et al. 2015).
  case he(fanIn: Int)
  /// Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010).
  case xavier(fanIn: Int, fanOut: Int)

  /// Fills a tensor.
  ///
  /// - Parameters:
  ///   - values: The tensor.
  ///   - seed: The run's seed.
  ///   - number: The tensor's number in the network, which selects its stream of random numbers.
  package func fill(_ values: UnsafeMutableBufferPointer<Float>, seed: UInt64, number: UInt32) {
    var stream = RandomStream(seed: seed, purpose: .initialization, layer: number)
    switch self {
    case .zeros:
      values.update(repeating: 0)
    case .ones:
      values.update(repeating: 1)
    case .he(let fanIn):
      let deviation = (2 / Double(fanIn)).squareRoot()
      for i in values.indices {
        values[i] = Float(deviation * normalQuantile(stream.nextUnitInterval()))
      }
    case .xavier(let fanIn, let fanOut):
      let bound = (6 / Double(fanIn + fanOut)).squareRoot()
      for i in values.indices {
        values[i] = Float(bound * (2 * stream.nextUnitInterval() - 1))
      }
    }
  }
}
