/// The settings of hidden layers that versions without models recorded.
package enum OlderSettings {
  /// The names of the settings that a model has replaced.
  package static let names = ["hidden", "batch-norm", "dropout"]

  /// The model that recorded settings describe.
  ///
  /// - Parameter value: The text of a setting, by its name; nil if it is not recorded.
  /// - Returns: The model; nil if the settings are not of such a version.
  /// - Throws: ``ArchitectureError`` for hidden layers that no version made.
  package static func model(
    _ value: (_ name: String) -> String?
  ) throws(ArchitectureError) -> ModelDescription? {
    guard value("model") == nil, let hidden = value("hidden") else { return nil }
    let perceptron = Perceptron(
      hidden: hidden.split(separator: ",").compactMap { Int($0) },
      batchNorm: value("batch-norm") == "true", dropout: value("dropout").flatMap(Double.init) ?? 0)
    try ArchitectureError.check(perceptron)
    return perceptron.model
  }

  /// Replaces recorded settings of hidden layers by the model that they describe.
  ///
  /// - Parameter settings: The settings, by their names.
  /// - Returns: The settings as this version records them.
  /// - Throws: ``ArchitectureError`` for hidden layers that no version made.
  package static func upgraded(
    _ settings: [String: Setting.Value]
  ) throws(ArchitectureError) -> [String: Setting.Value] {
    guard let model = try model({ settings[$0]?.description }) else { return settings }
    var result = settings.filter { !names.contains($0.key) }
    result["model"] = .text(model.description)
    return result
  }
}
