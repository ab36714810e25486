import Files

/// A checkpoint was given as a model.
package struct CheckpointError: Error, CustomStringConvertible, Sendable {
  /// The checkpoint's file.
  package let path: String

  /// The directory of the checkpoint's run; nil if the file is not in one.
  package var directory: String? {
    let folder = PathText.parent(of: path)
    guard PathText.names(in: folder).last == "checkpoints" else { return nil }
    return PathText.parent(of: folder)
  }

  /// The error, and where the run's model is.
  package var description: String {
    "\(path): found a checkpoint of a run, expected a model. A complete run's model is taken with "
      + "the run's directory\(directory.map { ", \($0)" } ?? ""); a run that was stopped gets its "
      + "model when it is resumed"
  }
}
