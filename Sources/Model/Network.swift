/// What kind of network to build: a perceptron with hidden layers.
package struct Architecture: Sendable, Equatable, Codable {
  /// The most hidden layers: far more than any perceptron has, and few enough to be built at once.
  package static let maximumHiddenLayers = 1000

  /// Values of one sample's input.
  package var inputCount: Int
  /// Units of each hidden layer, from the input on.
  package var hidden: [Int]
  /// Classes.
  package var classCount: Int
  /// Whether each hidden layer is normalised over the batch.
  package var batchNorm: Bool
  /// The probability to drop a hidden unit; 0 for none.
  package var dropout: Double
  /// Where dropout scales.
  package var dropoutMode: Dropout.Mode

  /// Creates a description.
  ///
  /// - Parameters:
  ///   - inputCount: Values of one sample's input.
  ///   - hidden: Units of each hidden layer.
  ///   - classCount: Classes.
  ///   - batchNorm: Whether hidden layers are normalised.
  ///   - dropout: The probability to drop a hidden unit.
  ///   - dropoutMode: Where dropout scales.
  package init(
    inputCount: Int, hidden: [Int], classCount: Int, batchNorm: Bool, dropout: Double,
    dropoutMode: Dropout.Mode
  ) {
    self.inputCount = inputCount
    self.hidden = hidden
    self.classCount = classCount
    self.batchNorm = batchNorm
    self.dropout = dropout
    self.dropoutMode = dropoutMode
  }
}

/// Layers in order, the loss after them, and where their tensors lie.
package struct Network: Sendable {
  /// The layers from the input on.
  package let layers: [any Layer]
  /// The loss of the last layer's output.
  package let loss: SoftmaxCrossEntropy
  /// Where the parameters lie.
  package let parameters: ParameterLayout
  /// Where the running statistics lie.
  package let statistics: ParameterLayout

  /// Joins layers.
  ///
  /// - Parameters:
  ///   - layers: From the input on; each takes the shape that the one before gives.
  ///   - fuses: Whether batch norm, rectifier and dropout in a row become one layer with equal bits.
  package init(_ layers: [any Layer], fuses: Bool = true) {
    precondition(!layers.isEmpty, "a network has at least one layer")
    for (first, second) in zip(layers, layers.dropFirst()) {
      precondition(
        first.outputShape == second.inputShape,
        "\(first.name) gives \(first.outputShape), \(second.name) takes \(second.inputShape)")
    }
    let layers = [layers[0].first()] + layers.dropFirst()
    self.layers = fuses ? Self.fuse(layers) : layers
    loss = SoftmaxCrossEntropy(classCount: self.layers[self.layers.count - 1].outputShape.count)
    parameters = ParameterLayout(self.layers.map { ($0.name, $0.parameters) })
    statistics = ParameterLayout(self.layers.map { ($0.name, $0.statistics) })
  }

  /// Builds a perceptron.
  ///
  /// - Parameters:
  ///   - architecture: Its layers.
  ///   - seed: The run's seed, for dropout.
  ///   - fuses: Whether layers that can be are joined.
  ///   - style: In what pieces products are done.
  package init(
    _ architecture: Architecture, seed: UInt64, fuses: Bool = true,
    style: ProductStyle = .preferred
  ) {
    var layers: [any Layer] = []
    var inputCount = architecture.inputCount
    for (index, units) in architecture.hidden.enumerated() {
      let number = index + 1
      let shape = Shape(units)
      layers.append(
        Linear(
          name: "dense\(number)", inputCount: inputCount, outputCount: units,
          hasBias: !architecture.batchNorm, start: .he(fanIn: inputCount), style: style))
      if architecture.batchNorm {
        layers.append(BatchNorm(name: "batchnorm\(number)", featureCount: units))
      }
      layers.append(ReLU(name: "relu\(number)", shape: shape))
      if architecture.dropout > 0 {
        layers.append(
          Dropout(
            name: "dropout\(number)", shape: shape, rate: architecture.dropout,
            mode: architecture.dropoutMode, number: UInt32(number), seed: seed))
      }
      inputCount = units
    }
    layers.append(
      Linear(
        name: "dense\(architecture.hidden.count + 1)", inputCount: inputCount,
        outputCount: architecture.classCount, hasBias: true,
        start: .xavier(fanIn: inputCount, fanOut: architecture.classCount), style: style))
    self.init(layers, fuses: fuses)
  }

  private static func fuse(_ layers: [any Layer]) -> [any Layer] {
    var fused: [any Layer] = []
    var rest = layers[...]
    while let layer = rest.popFirst() {
      guard let batchNorm = layer as? BatchNorm, rest.first is ReLU else {
        fused.append(layer)
        continue
      }
      rest.removeFirst()
      let dropout = rest.first as? Dropout
      if dropout != nil { rest.removeFirst() }
      fused.append(BatchNormReLUDropout(batchNorm, dropout))
    }
    return fused
  }
}
