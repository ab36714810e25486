import Model
import Training

/// A saved model as exporters need it.
package struct ExportedModel: Sendable {
  /// The network, with a step for each layer.
  package let graph: InferenceGraph
  /// The text of `--model`.
  package let description: ModelDescription
  /// When dropout rescales activations.
  package let dropoutMode: Dropout.Mode
  /// The number of classes.
  package let classCount: Int
  /// The classes' names, class 0 first; nil if they are not known.
  package let classNames: [String]?
  /// The SHA-256 of all parameters and running statistics.
  package let digest: String

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - file: The model, whose values are finite.
  ///   - data: The data set that it was trained on; nil if unknown.
  /// - Throws: `WeightsError` or `TrainerError` if the file is not a valid model, or has a layer that
  ///   cannot be exported.
  package init(_ file: ModelFile, data: ModelData?) throws {
    let architecture = try file.architecture()
    let state = try file.state(architecture, engine: .native)
    let tensors = state.tensors.map {
      ($0.entry.name, ExportedTensor(shape: $0.entry.shape, values: $0.values))
    }
    graph = try InferenceGraph(
      Network(architecture, seed: 0, fuses: false),
      tensors: Dictionary(uniqueKeysWithValues: tensors))
    description = architecture.model
    dropoutMode = architecture.dropoutMode
    classCount = architecture.classCount
    classNames = data?.classNames
    digest = WeightsDigest.of(state)
  }
}
