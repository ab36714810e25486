extension EpochLineFile {
  /// The value of an objective after each epoch, as JSON lines, for a program that may stop the run
  /// early.
  ///
  /// - Parameters:
  ///   - objective: The objective.
  ///   - path: The file; its old content stays until the run starts.
  /// - Returns: Its observer.
  /// - Throws: ``FileError`` if it cannot be written.
  package static func objective(_ objective: Objective, path: String) throws -> EpochLineFile {
    try EpochLineFile(path: path) { epoch in
      let line = ObjectiveLine(objective, after: epoch, state: .running)
      return String(decoding: try line.json, as: UTF8.self)
    }
  }
}
