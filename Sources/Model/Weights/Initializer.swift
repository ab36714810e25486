import Parallel

/// How a tensor's values start.
package enum Initializer: Sendable, Equatable {
  /// All zero.
  case zeros
  /// All one.
  case ones
  /// Normal with variance 2 / fanIn, for a layer before a rectifier (He et al. 2015).
  case he(fanIn: Int)
  /// Uniform in ±sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010).
  case xavier(fanIn: Int, fanOut: Int)

  /// Fills a tensor.
  ///
  /// - Parameters:
  ///   - values: The tensor.
  ///   - seed: The run's seed.
  ///   - number: The tensor's number in the network: each has random numbers of its own.
  package func fill(_ values: UnsafeMutableBufferPointer<Float>, seed: UInt64, number: UInt32) {
    var stream = RandomStream(seed: seed, purpose: .initialisation, layer: number)
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
