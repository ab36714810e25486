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
    ModelPreset(name: "mlp-residual", model: residual(units: 256, blocks: 3)),
  ]

  /// Resolves a preset's name, or parses a description.
  ///
  /// - Parameter text: Either; upper and lower case are the same.
  /// - Returns: The layers.
  /// - Throws: ``ModelTextError``.
  package static func model(_ text: String) throws(ModelTextError) -> ModelDescription {
    let name = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let preset = all.first(where: { $0.name == name }) { return preset.model }
    return try ModelDescription(text)
  }

  /// A dense layer, then blocks of two dense layers with a shortcut around them.
  private static func residual(units: Int, blocks: Int) -> ModelDescription {
    let text =
      ["dense \(units) bn relu"]
      + Array(
        repeating: "residual(dense \(units) bn relu dropout 0.1, dense \(units) bn) relu",
        count: blocks)
    do {
      return try ModelDescription(text.joined(separator: ", "))
    } catch {
      preconditionFailure("the preset is a description: \(error)")
    }
  }
}
