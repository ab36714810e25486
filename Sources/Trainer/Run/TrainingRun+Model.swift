extension TrainingRun {
  /// Saves the model as it would be evaluated now.
  ///
  /// - Parameter path: The file, replaced at once.
  /// - Throws: `WeightsError` where it cannot be written.
  public func writeModel(path: String) throws {
    try ModelFile.write(state, architecture: architecture, path: path)
  }

  /// The digest of the model as it would be evaluated now.
  public var digest: String { WeightsDigest.of(state) }
}
