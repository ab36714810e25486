import ArgumentParser
import ImageData
import Machine
import Parallel
import Runs
import Training

/// The models that predict together, and the views of each image.
struct EnsembleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A model: a safetensors file, or a run directory with model.safetensors. If it is given "
        + "several times, the mean of the models' probabilities is used.", valueName: "path"),
    completion: .file(extensions: ["safetensors"]))
  var model: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Average over views of each image, such as \"shift 1\" or \"rotate 10, flip\": as it is, and "
        + "transformed to both ends of each range (default: none).",
      valueName: "text"))
  var tta: String?

  /// Reads the models.
  ///
  /// - Returns: The models, in the order of the command line.
  /// - Throws: `TrainerError` for a model that is given twice; the errors of
  ///   `SavedModel.init(path:)`.
  func models() throws -> [SavedModel] {
    try ModelPaths.requireDistinct(model, option: "--model")
    return try model.map { try SavedModel(path: $0) }
  }

  /// The views.
  ///
  /// - Returns: The ranges of the transforms; nil for each image as it is.
  /// - Throws: `TrainerError` that names the option.
  func views() throws -> Augmentation? {
    try tta.flatMap { try SampleOptions.parse($0, option: "tta") }
  }

  /// The memory of an evaluation, which is refused if there is less.
  ///
  /// - Parameters:
  ///   - models: The models.
  ///   - rows: The rows that all threads work on at once.
  ///   - usable: The CPUs that this process may use.
  /// - Throws: `TrainerError`.
  static func requireMemory(for models: [SavedModel], rows: Int, usable: UsableCPUs) throws {
    try MemoryCheck(evaluating: models.map { try $0.file.architecture() }, rows: rows)
      .require(of: Machine.current(usable: usable))
  }
}
