import Files
import Model

extension TrainingRun {
  /// Starts from the weights of a file.
  ///
  /// - Parameter file: The file.
  /// - Throws: `WeightsError` or ``TrainerError`` where it is not of this network; nothing has changed
  ///   then.
  package func load(_ file: SafetensorsFile) throws {
    try ModelFile.read(into: state, from: file)
    state.restartAverage()
  }

  /// Saves the model that is evaluated: the moving average where there is one.
  ///
  /// - Parameter path: The file, replaced at once.
  /// - Throws: `FileError` if it cannot be written.
  public func writeModel(path: String) throws {
    try writeModel(path: path, in: .anywhere)
  }

  /// Saves the model that is evaluated: the moving average where there is one.
  ///
  /// - Parameters:
  ///   - path: The file, replaced at once.
  ///   - location: Whose directory it is in.
  /// - Throws: `FileError` if it cannot be written.
  package func writeModel(path: String, in location: AtomicFile.Location) throws {
    try modelContent(path: path).write(in: location)
  }

  /// The file of the model that is evaluated: the moving average where there is one.
  ///
  /// - Parameters:
  ///   - path: Where it is to be written.
  ///   - metadata: What it says beside the network.
  /// - Returns: The file's content, which does not change with the run.
  /// - Throws: What encoding throws.
  package func modelContent(
    path: String, metadata: [String: String] = [:]
  ) throws -> SafetensorsFile {
    try withAverage { try modelContent(of: state, path: path, metadata: metadata) }
  }

  /// The file of another model of this run's network and data.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - path: Where it is to be written.
  ///   - metadata: What it says beside the network.
  /// - Returns: The file's content.
  /// - Throws: What encoding throws.
  package func modelContent(
    of model: ModelState, path: String, metadata: [String: String]
  ) throws -> SafetensorsFile {
    try ModelFile.content(
      of: model, architecture: architecture, data: ModelData(dataset), path: path,
      metadata: metadata)
  }

  /// The digest of the model that is evaluated: the moving average where there is one.
  public var digest: String {
    withAverage { WeightsDigest.of(state) }
  }

  /// Does something while ``state`` is the model that is evaluated: the moving average where there is
  /// one.
  ///
  /// - Parameter body: What to do; it makes no step, and calls nothing that does this too.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  func withAverage<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.swapAverage()
    defer { state.swapAverage() }
    return try body()
  }
}
