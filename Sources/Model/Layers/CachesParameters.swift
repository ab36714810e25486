/// A layer that keeps something computed from its parameters from one step to the next, such as a
/// matrix's transpose.
package protocol CachesParameters: Layer {
  /// Brings up to date what is kept of some parameters.
  ///
  /// It is called before the first step and after every change, however the parameters get their
  /// gradients. Several workers may call it at once for disjoint ranges; so it reads no other
  /// parameters, and writes only what is kept of these.
  ///
  /// - Parameters:
  ///   - range: The parameters that have changed, in floats of the layer's memory; within one
  ///     tensor.
  ///   - memory: The layer's memory.
  func parametersChanged(_ range: Range<Int>, memory: LayerMemory)
}
