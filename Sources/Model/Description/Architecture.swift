/// A network to be built: its input, the described layers and its classes.
package struct Architecture: Sendable, Equatable {
  /// The shape of one sample's input, such as 28x28x1.
  ///
  /// For models in older files, only the number of values is known.
  package let input: Shape
  /// The layers between input and classifier.
  package let model: ModelDescription
  /// The number of classes: a dense layer of as many units ends the network.
  package let classCount: Int
  /// When dropout rescales activations.
  package let dropoutMode: Dropout.Mode

  /// Creates a description of a whole network.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample's input.
  ///   - model: The layers between input and classifier.
  ///   - classCount: The number of classes.
  ///   - dropoutMode: When dropout rescales activations.
  /// - Throws: ``ModelShapeError`` if a layer cannot take the shape before it, or if no machine has
  ///   the memory for the network.
  package init(
    input: Shape, model: ModelDescription, classCount: Int, dropoutMode: Dropout.Mode = .inverted
  ) throws(ModelShapeError) {
    self.input = input
    self.model = model
    self.classCount = classCount
    self.dropoutMode = dropoutMode
    do throws(ModelShapeError) {
      _ = try model.outputShape(for: input)
    } catch {
      throw error.given(by: "the network's input")
    }
    try requirePossibleSize()
  }

  /// The largest numbers of parameters, and of values of a sample.
  ///
  /// They are more than any machine has memory for, and with them no count of bytes or operations
  /// overflows.
  private static let (mostParameters, mostValues) = (1 << 40, 1 << 36)

  private func requirePossibleSize() throws(ModelShapeError) {
    let nodes = NetworkBuilder.nodes(of: self, seed: 0, engine: .native)
    let parameters = nodes.flatMap { $0.layer.parameters.map(\.count) }
    let values = nodes.map(\.layer.outputShape.count)
    for (counts, most, name) in [
      (parameters, Self.mostParameters, "parameters"),
      (values, Self.mostValues, "values of a sample"),
    ] {
      guard counts.reduce(0.0, { $0 + Double($1) }) <= Double(most) else {
        throw ModelShapeError(
          "the network: found more than \(most) \(name), expected at most as many")
      }
    }
  }

  /// Creates a perceptron, whose layers take any shape.
  ///
  /// - Parameters:
  ///   - input: The shape of one sample's input.
  ///   - perceptron: The hidden layers.
  ///   - classCount: The number of classes.
  ///   - dropoutMode: When dropout rescales activations.
  package init(
    input: Shape, _ perceptron: Perceptron, classCount: Int, dropoutMode: Dropout.Mode = .inverted
  ) {
    self.input = input
    model = perceptron.model
    self.classCount = classCount
    self.dropoutMode = dropoutMode
  }

  /// The values of one sample's input.
  package var inputCount: Int { input.count }
}

extension Architecture: Codable {
  /// The maximum number of values of a sample's input in a file.
  private static let maximumInputCount = 1 << 20

  private enum CodingKeys: String, CodingKey {
    case input, model, classCount, dropoutMode
    // Files written before models had descriptions.
    case inputCount, hidden, batchNorm, dropout
  }

  /// Encodes the input's extents, the layers' text, the classes and the dropout's mode.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(input.extents, forKey: .input)
    try container.encode(model, forKey: .model)
    try container.encode(classCount, forKey: .classCount)
    try container.encode(dropoutMode, forKey: .dropoutMode)
  }

  /// Decodes an architecture of this version or of an older one.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: What the decoder throws; ``SyntaxError``, ``ModelShapeError`` or
  ///   ``ArchitectureError`` for what cannot be built.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let classCount = try container.decode(Int.self, forKey: .classCount)
    let dropoutMode = try container.decode(Dropout.Mode.self, forKey: .dropoutMode)
    let extents: [Int]
    let model: ModelDescription
    if container.contains(.model) {
      extents = try container.decode([Int].self, forKey: .input)
      model = try container.decode(ModelDescription.self, forKey: .model)
    } else {
      extents = [try container.decode(Int.self, forKey: .inputCount)]
      let perceptron = Perceptron(
        hidden: try container.decode([Int].self, forKey: .hidden),
        batchNorm: try container.decode(Bool.self, forKey: .batchNorm),
        dropout: try container.decode(Double.self, forKey: .dropout))
      try ArchitectureError.check(perceptron)
      model = perceptron.model
    }
    try self.init(
      untrusted: extents, model: model, classCount: classCount, dropoutMode: dropoutMode)
  }

  /// Creates an architecture from the content of a file.
  ///
  /// - Parameters:
  ///   - extents: The extents of one sample's input.
  ///   - model: The layers between input and classifier.
  ///   - classCount: The number of classes.
  ///   - dropoutMode: When dropout rescales activations.
  /// - Throws: ``ArchitectureError`` or ``ModelShapeError`` for what cannot be built.
  package init(
    untrusted extents: [Int], model: ModelDescription, classCount: Int,
    dropoutMode: Dropout.Mode = .inverted
  ) throws {
    try ArchitectureError.check(
      Self.isInput(extents), "input", extents,
      "one to three extents of 1 to \(Self.maximumInputCount) values")
    let classCounts = SoftmaxCrossEntropy.classCounts
    try ArchitectureError.check(
      classCounts.contains(classCount), "class count", classCount,
      "\(classCounts.lowerBound) to \(classCounts.upperBound)")
    try self.init(
      input: Shape(extents), model: model, classCount: classCount, dropoutMode: dropoutMode)
  }

  private static func isInput(_ extents: [Int]) -> Bool {
    let allowed = 1...maximumInputCount
    return (1...3).contains(extents.count) && extents.allSatisfy(allowed.contains)
      && allowed.contains(extents.reduce(1, *))
  }
}
