import Model

/// The weights of a convolution.
package struct ConvolutionKernels: Sendable, Equatable {
  /// The layer's name.
  package let layer: String
  /// The rows of a kernel.
  package let rows: Int
  /// The columns of a kernel.
  package let columns: Int
  /// The input channels that a kernel sees.
  package let channels: Int
  /// The number of kernels, one for each output channel.
  package let count: Int
  /// The weights, (rows, columns, channels, count).
  package let weights: [Float]

  /// Takes weights.
  ///
  /// - Parameters:
  ///   - layer: The layer's name.
  ///   - rows: The rows of a kernel.
  ///   - columns: The columns of a kernel.
  ///   - channels: The input channels that a kernel sees.
  ///   - count: The number of kernels.
  ///   - weights: The weights, (rows, columns, channels, count).
  package init(
    layer: String, rows: Int, columns: Int, channels: Int, count: Int, weights: [Float]
  ) {
    precondition(weights.count == rows * columns * channels * count, "every weight is there")
    self.layer = layer
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.count = count
    self.weights = weights
  }
}

extension ModelFile {
  /// The weights of the first layer, if that is a convolution.
  ///
  /// - Returns: The weights; nil if the first layer is of another kind.
  /// - Throws: ``TrainerError`` if the file describes no network; `WeightsError` if the weights are
  ///   not those of its first layer.
  package func firstKernels() throws -> ConvolutionKernels? {
    let network = Network(try architecture(), seed: 0, fuses: false)
    guard let layer = network.layers.first as? Convolution else { return nil }
    let channels = layer.inputChannels / layer.groups
    return ConvolutionKernels(
      layer: layer.name, rows: layer.rows.size, columns: layer.columns.size, channels: channels,
      count: layer.outputChannels,
      weights: try file.floats(
        named: "\(layer.name).weight",
        shape: [layer.rows.size, layer.columns.size, channels, layer.outputChannels]))
  }
}
