import Files
import Foundation
import Glibc
import ImageData
import Training

/// A directory with everything that a run leaves, in use by this process alone.
///
/// It may be foreign, or open to others who write: none of its files is written through a link.
package struct RunDirectory: Sendable {
  /// What is wanted of a directory.
  package enum Mode: Sendable {
    /// A new run; a directory that has one is refused.
    case new
    /// The run there goes on, from its beginning where it has no checkpoint.
    case resume
    /// A new run; the one there is removed.
    case overwrite
  }

  /// The files in a run's directory.
  package struct Paths: Sendable {
    /// The directory.
    package let directory: String

    /// Names the files.
    ///
    /// - Parameter directory: The directory.
    package init(directory: String) {
      self.directory = directory
    }

    /// Settings, versions, machine and data.
    package var config: String { directory + "/config.json" }
    /// Figures as JSON lines.
    package var metrics: String { directory + "/metrics.jsonl" }
    /// Figures as comma-separated values.
    package var table: String { directory + "/metrics.csv" }
    /// The model at the end.
    package var model: String { directory + "/model.safetensors" }
    /// The model of the epoch with the smallest validation loss.
    package var bestModel: String { directory + "/best.safetensors" }
    /// The report.
    package var report: String { directory + "/report.html" }
    /// The folder of checkpoints.
    package var checkpoints: String { directory + "/checkpoints" }
    /// The file that a process locks.
    package var lock: String { directory + "/" + RecordedRun.lockName }

    /// Every file that a run leaves beside its checkpoints.
    package var outputs: [String] { [config, metrics, table, model, bestModel, report] }
    /// Every name that a run uses, of files and of folders with all that is in them.
    package var reserved: [String] { outputs + [checkpoints, lock] }
  }

  /// The files.
  package let paths: Paths
  private let lock: DirectoryLock

  /// Finds out whether a directory can be used; changes nothing.
  ///
  /// - Parameters:
  ///   - path: The directory, which need not exist.
  ///   - mode: What is wanted.
  /// - Throws: ``TrainerError`` where it has a run that is to stay, or cannot be written.
  package static func check(path: String, mode: Mode) throws {
    let paths = Paths(directory: path)
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT, !path.isEmpty else { throw unwritable(path, errno) }
      guard lstat(path, &status) != 0 else {
        throw TrainerError(
          .inputOutput, "\(path): cannot be made: it is a symbolic link that leads nowhere")
      }
      try checkParent(of: path)
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(path, ENOTDIR) }
    let holdsRun = try holdsRun(paths)
    if mode == .new, holdsRun {
      throw TrainerError(
        .usage,
        "\(path) already holds a run; --resume continues it, --overwrite replaces it"
      )
    }
    // Root passes every check of permissions, but not of a file system that is read-only.
    guard access(path, R_OK | W_OK | X_OK) == 0 else { throw unwritable(path, errno) }
    // What is no run of this trainer is not removed for a mistyped path.
    if mode == .overwrite, holdsRun { _ = try RunRecord.read(path: paths.config) }
  }

  /// Whether a run has left anything in an existing directory.
  ///
  /// - Throws: ``TrainerError`` where it is not known, or one of a run's files is a symbolic link: what
  ///   it leads to is not the run's, and would be emptied or replaced.
  private static func holdsRun(_ paths: Paths) throws -> Bool {
    var isFound = false
    for path in paths.reserved {
      var status = stat()
      guard lstat(path, &status) == 0 else {
        if errno == ENOENT { continue }
        throw TrainerError(
          .inputOutput, "\(path): cannot look for it: \(SystemCall.text(of: errno))")
      }
      guard status.st_mode & S_IFMT != S_IFLNK else {
        throw TrainerError(
          .inputOutput,
          "\(path): found a symbolic link, expected nothing or the run's own "
            + (path == paths.checkpoints ? "directory" : "file"))
      }
      if paths.outputs.contains(path) { isFound = true }
    }
    return try isFound || !CheckpointFolder(path: paths.checkpoints, keep: 1).isEmpty
  }

  /// The run directory that a path is a file of, or would be.
  ///
  /// - Parameter path: The path; it need not lead anywhere.
  /// - Returns: A directory that a run uses, and whose own files or checkpoints the path leads to; nil
  ///   where there is none.
  package static func owner(of path: String) -> String? {
    var file = PathNames.target(of: path)
    while file != "/" {
      let directory = SystemCall.parent(of: file)
      let paths = Paths(directory: directory)
      if paths.reserved.contains(file), isUsed(paths) { return directory }
      file = directory
    }
    return nil
  }

  /// Whether a directory has a run's record, or what a run makes first.
  private static func isUsed(_ paths: Paths) -> Bool {
    if access(paths.lock, F_OK) == 0, access(paths.checkpoints, F_OK) == 0 { return true }
    do {
      return try RunRecord.readIfPresent(path: paths.config) != nil
    } catch {
      // Another program's file, or one that cannot be read.
      return false
    }
  }

  /// Takes a directory, making it where there is none.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - mode: What is wanted.
  /// - Throws: ``TrainerError`` where it cannot be had.
  package init(path: String, mode: Mode) throws {
    try Self.check(path: path, mode: mode)
    paths = Paths(directory: path)
    try Self.make(path)
    lock = try DirectoryLock(directory: path)
    // Another process may have had it until now: what holds behind the lock stays.
    try Self.check(path: path, mode: mode)
    try Self.make(paths.checkpoints)
    for directory in [path, paths.checkpoints] { TemporaryName.removeLeftovers(in: directory) }
  }

  /// Makes a directory and those above it that are missing, each on disk when it returns.
  private static func make(_ path: String) throws {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(path, ENOTDIR) }
      return
    }
    guard errno == ENOENT else { throw unwritable(path, errno) }
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if let slash = trimmed.lastIndex(of: "/"), slash > trimmed.startIndex {
      try make(String(trimmed[..<slash]))
    }
    // Another process may be as far.
    guard mkdir(trimmed, 0o777) == 0 || errno == EEXIST else { throw unwritable(path, errno) }
    try AtomicFile.synchroniseFolder(of: trimmed, path: path)
  }

  /// Whether the path still leads to the directory that was taken.
  package var isInPlace: Bool { lock.isInPlace }

  /// Makes sure that the path still leads to the directory that was taken.
  ///
  /// - Throws: ``TrainerError`` if it was moved or removed meanwhile: what is there now, if anything,
  ///   may be another run's.
  package func requireInPlace() throws {
    guard !isInPlace else { return }
    throw TrainerError(
      .inputOutput,
      "\(paths.directory): was moved or removed while this run used it, so the run ends; nothing is "
        + "written to what has this name now")
  }

  /// Removes the run that is there.
  ///
  /// - Throws: ``TrainerError`` where a file cannot be removed.
  package func removeRun() throws {
    // Last the file that tells a run's directory from others.
    try CheckpointFolder(path: paths.checkpoints, keep: 1).removeAll()
    for path in paths.outputs.reversed() {
      guard unlink(path) == 0 || errno == ENOENT else { throw Self.unwritable(path, errno) }
    }
  }

  private static func checkParent(of path: String) throws {
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    guard access(folder.path, W_OK | X_OK) == 0 else { throw unwritable(path, errno) }
  }

  private static func unwritable(_ path: String, _ code: Int32) -> TrainerError {
    TrainerError(
      .inputOutput, "\(path): cannot be written: \(SystemCall.text(of: code))")
  }
}
