/// The forms in which older versions recorded settings.
package enum OlderSettings {
  /// Settings that older versions did not have, with the values that mean what those did.
  package static let added: [String: Setting.Value] = ["stratify": .flag(false)]
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

  /// Replaces recorded settings of hidden layers by the model that they describe, and adds settings
  /// that the version did not have.
  ///
  /// - Parameter settings: The settings, by their names.
  /// - Returns: The settings as this version records them.
  /// - Throws: ``ArchitectureError`` for hidden layers that no version made.
  package static func upgraded(
    _ settings: [String: Setting.Value]
  ) throws(ArchitectureError) -> [String: Setting.Value] {
    var result = settings.merging(added) { recorded, _ in recorded }
    guard let model = try model({ settings[$0]?.description }) else { return result }
    for name in names { result[name] = nil }
    result["model"] = .text(model.description)
    return result
  }
}
