import Model

extension TrainingRun {
  /// Starts from the weights of a file.
  ///
  /// - Parameter file: The file.
  /// - Throws: `WeightsError` or ``TrainerError`` where it is not of this network; nothing has changed
  ///   then.
  public func load(_ file: SafetensorsFile) throws {
    try ModelFile.read(into: state, from: file)
    state.restartAverage()
  }

  /// Saves the model that is evaluated: the moving average where there is one.
  ///
  /// - Parameter path: The file, replaced at once.
  /// - Throws: `WeightsError` where it cannot be written.
  public func writeModel(path: String) throws {
    state.swapAverage()
    defer { state.swapAverage() }
    try ModelFile.write(
      state, architecture: architecture, data: ModelData(dataset), path: path)
  }

  /// The digest of the model that is evaluated: the moving average where there is one.
  public var digest: String {
    state.swapAverage()
    defer { state.swapAverage() }
    return WeightsDigest.of(state)
  }
}
