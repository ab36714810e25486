import Files

/// A named model description.
package struct ModelPreset: Sendable {
  /// The name, in lower case.
  package let name: String
  /// The layers.
  package let model: ModelDescription

  /// All presets, small ones first.
  package static let all = [
    ModelPreset(name: "linear", model: Perceptron(hidden: []).model),
    ModelPreset(name: "mlp-small", model: Perceptron(hidden: [128]).model),
    ModelPreset(name: "mlp", model: Perceptron().model),
    ModelPreset(
      name: "mlp-deep", model: Perceptron(hidden: [256, 256, 256, 256], dropout: 0.1).model),
    ModelPreset(name: "mlp-residual", denseBlocks(units: 256, count: 3)),
    ModelPreset(
      name: "lenet",
      """
      conv 6x5 relu, pool 2, conv 16x5 valid relu, pool 2, dense 120 relu, dense 84 relu
      """),
    ModelPreset(
      name: "cnn-fast",
      "conv 24x5 valid relu, pool 2, conv 32x3 valid relu, pool 2, dense 256 relu"),
    ModelPreset(
      name: "cnn",
      """
      conv 32x3 bn relu, conv 32x3 bn relu, pool 2, conv 64x3 bn relu, conv 64x3 bn relu, pool 2, \
      dense 128 bn relu dropout 0.2
      """),
    ModelPreset(
      name: "cnn-deep",
      """
      conv 32x3 valid relu bn, conv 32x3 valid relu bn, conv 32x5 stride 2 relu bn dropout 0.4, \
      conv 64x3 valid relu bn, conv 64x3 valid relu bn, conv 64x5 stride 2 relu bn dropout 0.4, \
      conv 128x4 valid relu bn dropout 0.4
      """),
    ModelPreset(name: "resnet", residualStages(of: [16, 32, 64])),
  ]

  private init(name: String, model: ModelDescription) {
    self.name = name
    self.model = model
  }

  private init(name: String, _ text: String) {
    do {
      try self.init(name: name, model: ModelDescription(text))
    } catch {
      preconditionFailure("the preset is a description: \(error)")
    }
  }

  /// Resolves a preset's name, or parses a description.
  ///
  /// - Parameter text: Either; upper and lower case are the same.
  /// - Returns: The layers.
  /// - Throws: ``SyntaxError``.
  package static func model(_ text: String) throws(SyntaxError) -> ModelDescription {
    let name = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let preset = all.first(where: { $0.name == name }) { return preset.model }
    return try ModelDescription(text)
  }

  /// A dense layer, then blocks of two dense layers with a shortcut around them.
  private static func denseBlocks(units: Int, count: Int) -> String {
    let block = "residual(dense \(units) bn relu dropout 0.1, dense \(units) bn) relu"
    return (["dense \(units) bn relu"] + Array(repeating: block, count: count))
      .joined(separator: ", ")
  }

  /// A convolution, then two blocks of two convolutions for each number of channels, each stage but
  /// the first with half the rows and columns, and the mean over all positions.
  ///
  /// Source: He, Zhang, Ren and Sun 2016, section 4.2.
  private static func residualStages(of channels: [Int]) -> String {
    let blocks = channels.enumerated().flatMap { stage, channels in
      (0..<2).map { block in
        let stride = stage > 0 && block == 0 ? " stride 2" : ""
        return "residual(conv \(channels)x3\(stride) bn relu, conv \(channels)x3 bn) relu"
      }
    }
    return (["conv \(channels[0])x3 bn relu"] + blocks + ["globalpool"]).joined(separator: ", ")
  }
}
