import Files
import Glibc
import Training

/// What is checked of a directory before anything in it is changed.
extension RunDirectory {
  /// Checks whether a directory can be used, without changing it.
  ///
  /// - Parameters:
  ///   - path: The directory, which need not exist.
  ///   - mode: How it is to be used.
  /// - Throws: ``TrainerError`` if it contains a run and the mode is `new`, a model without a
  ///   checkpoint and the mode is `resume`, or what is not a run's; ``FileError`` if it cannot be
  ///   read or written, or if the paths of its files would be too long.
  package static func check(path: String, mode: Mode) throws {
    let paths = RunPaths(directory: path)
    let system = FileSystems.current
    let checkpoints = CheckpointFolder(path: paths.checkpoints, keep: 1)
    // No other path is longer.
    guard checkpoints.longestPath.utf8.count < Int(PATH_MAX) else {
      throw FileError(path, .write, code: ENAMETOOLONG)
    }
    // A name that leads through a file is an output that cannot be written, not an input that is
    // missing.
    let found = try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.existing(path)
    }
    guard let found else {
      guard !path.isEmpty else { throw FileError(path, .write, code: ENOENT) }
      let link = try FileError.wrapping(path, .write) { () throws(SystemError) in
        try system.existing(path, followingLink: false)
      }
      guard link == nil else {
        throw TrainerError(
          .inputOutput, "\(path): cannot be created: it is a symbolic link that leads nowhere")
      }
      return try checkParent(of: path)
    }
    guard found.kind == .folder else { throw FileError(path, .write, code: ENOTDIR) }
    let holdsRun = try holdsRun(paths)
    // A mistyped path must not remove another program's models. A damaged record does not keep a
    // run from being replaced, nor does a missing one if no weights are lost.
    if try holdsStrayWeights(paths) {
      throw TrainerError(
        .badData,
        "\(path): found weights, but no config.json of a run; nothing was removed. Move them, or "
          + "choose another directory")
    }
    if mode == .new, holdsRun {
      throw TrainerError(
        .usage,
        "\(path) already holds a run; \(setting: "resume") continues it, \(setting: "overwrite") "
          + "replaces it"
      )
    }
    if mode == .resume, try !checkpoints.holdsCheckpoints, try exists(paths.model) {
      throw TrainerError(
        .badData,
        "\(path) holds the model of a complete run, but no checkpoint to resume from; "
          + "\(setting: "overwrite") replaces the run")
    }
    // For root this fails only on a read-only file system.
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.checkAccess(path, R_OK | W_OK | X_OK)
    }
    guard mode == .overwrite else { return }
    if try RunRecord.isForeign(path: paths.config) {
      throw TrainerError(
        .badData,
        "\(paths.config): found another program's file, expected a run's record or no file; "
          + "nothing was removed")
    }
    try checkpoints.requireRemovable()
  }

  /// Whether an existing directory contains files of a run.
  ///
  /// - Throws: ``TrainerError`` if a file is of another kind than those of runs: a symbolic link's
  ///   target does not belong to the run, and would be overwritten; ``FileError`` if a file cannot be
  ///   examined, or the folder of checkpoints cannot be read.
  static func holdsRun(_ paths: RunPaths) throws -> Bool {
    var isFound = false
    for path in paths.reserved {
      let status = try FileError.wrapping(path, .read) { () throws(SystemError) in
        try FileSystems.current.existing(path, followingLink: false)
      }
      guard let status else { continue }
      let isFolder = path == paths.checkpoints
      guard status.kind == (isFolder ? .folder : .regular) else {
        throw TrainerError(
          .inputOutput,
          "\(path): found \(status.kind.description), expected nothing or the run's own "
            + (isFolder ? "directory" : "file"))
      }
      // A start that was killed leaves empty metrics.
      let isBegun = !paths.appended.contains(path) || status.size > 0
      if paths.outputs.contains(path), isBegun { isFound = true }
    }
    return try isFound || CheckpointFolder(path: paths.checkpoints, keep: 1).holdsCheckpoints
  }

  /// Whether there are weights, but neither a run's checkpoints nor its record, which is the first
  /// file of a run and the last to be removed.
  private static func holdsStrayWeights(_ paths: RunPaths) throws -> Bool {
    let checkpoints = CheckpointFolder(path: paths.checkpoints, keep: 1)
    guard try !exists(paths.config), try !checkpoints.holdsCheckpoints else { return false }
    return try exists(paths.model) || exists(paths.bestModel)
  }

  private static func exists(_ path: String) throws(FileError) -> Bool {
    try FileError.wrapping(path, .read) { () throws(SystemError) in
      try FileSystems.current.existing(path) != nil
    }
  }

  private static func checkParent(of path: String) throws {
    let system = FileSystems.current
    var folder = PathText.parent(of: PathNames.absolute(path))
    while !system.holds(folder), folder != "/" { folder = PathText.parent(of: folder) }
    try FileError.wrapping(path, .write) { () throws(SystemError) in
      try system.checkAccess(folder, W_OK | X_OK)
    }
  }
}
