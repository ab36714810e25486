import Files
import Model

extension TrainingRun {
  /// Loads initial weights from a file.
  ///
  /// - Parameter file: The file's content.
  /// - Throws: `WeightsError` or ``TrainerError`` if it does not fit the network, or has values that
  ///   are not finite; nothing is then changed.
  package func load(_ file: SafetensorsFile) throws {
    let model = try ModelFile(file)
    try model.requireFinite()
    try model.read(into: state)
    state.restartAverage()
  }

  /// Saves the model as it is evaluated: the moving average if the run keeps one, otherwise the
  /// weights.
  ///
  /// - Parameter path: The file, replaced atomically.
  /// - Throws: `FileError` if it cannot be written.
  public func writeModel(path: String) throws {
    try writeModel(path: path, in: .anywhere)
  }

  /// Saves the model as it is evaluated: the moving average if the run keeps one, otherwise the
  /// weights.
  ///
  /// - Parameters:
  ///   - path: The file, replaced atomically.
  ///   - location: Who may change the directory that it is in.
  /// - Throws: `FileError` if it cannot be written.
  package func writeModel(path: String, in location: AtomicFile.Location) throws {
    try modelContent(path: path).write(in: location)
  }

  /// The file content of the model as it is evaluated: the moving average if the run keeps one,
  /// otherwise the weights.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - metadata: Further metadata.
  /// - Returns: The content, a copy that further training does not change.
  /// - Throws: The encoder's error.
  package func modelContent(
    path: String, metadata: [String: String] = [:]
  ) throws -> SafetensorsFile {
    try withAverage { try modelContent(of: state, path: path, metadata: metadata) }
  }

  /// The file content of another model with this run's network and data.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - path: The path of the file.
  ///   - metadata: Further metadata.
  /// - Returns: The content.
  /// - Throws: The encoder's error.
  package func modelContent(
    of model: ModelState, path: String, metadata: [String: String]
  ) throws -> SafetensorsFile {
    try ModelFile.content(
      of: model, architecture: architecture, data: ModelData(dataset), path: path,
      metadata: metadata)
  }

  /// The digest of the model as it is evaluated: the moving average if the run keeps one, otherwise
  /// the weights; see `WeightsDigest`.
  public var digest: String {
    withAverage { WeightsDigest.of(state) }
  }

  /// Calls a closure while ``state`` is the model as it is evaluated: the moving average if the run
  /// keeps one, otherwise the weights.
  ///
  /// - Parameter body: The closure. It must not train, and must not call this method.
  /// - Returns: The result of `body`.
  /// - Throws: The error of `body`.
  func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.swapAverage()
    defer { state.swapAverage() }
    return try body()
  }
}
