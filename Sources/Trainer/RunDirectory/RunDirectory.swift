import Foundation
import Glibc
import Model
import Parallel

/// A directory with everything that a run leaves, in use by this process alone.
public struct RunDirectory: Sendable {
  /// What is wanted of a directory.
  public enum Mode: Sendable {
    /// A new run; a directory that has one is refused.
    case new
    /// The run there goes on, from its beginning where it has no checkpoint.
    case resume
    /// A new run; the one there is removed.
    case overwrite
  }

  /// The files in a run's directory.
  public struct Paths: Sendable {
    /// The directory.
    public let directory: String

    /// Names the files.
    ///
    /// - Parameter directory: The directory.
    public init(directory: String) {
      self.directory = directory
    }

    /// Settings, versions, machine and data.
    public var config: String { directory + "/config.json" }
    /// Figures as JSON lines.
    public var metrics: String { directory + "/metrics.jsonl" }
    /// Figures as comma-separated values.
    public var table: String { directory + "/metrics.csv" }
    /// The model at the end.
    public var model: String { directory + "/model.safetensors" }
    /// The model of the epoch with the smallest validation loss.
    public var bestModel: String { directory + "/best.safetensors" }
    /// The report.
    public var report: String { directory + "/report.html" }
    /// The folder of checkpoints.
    public var checkpoints: String { directory + "/checkpoints" }
    /// The file that the process holds which uses the directory.
    public var lock: String { directory + "/.lock" }

    /// Every file that a run leaves beside its checkpoints.
    public var outputs: [String] { [config, metrics, table, model, bestModel, report] }
    /// Every name that a run uses, of files and of folders with all that is in them.
    public var reserved: [String] { outputs + [checkpoints, lock] }
    /// Whether a run has left anything here.
    var holdsRun: Bool {
      outputs.contains { FileManager.default.fileExists(atPath: $0) }
        || (try? FileManager.default.contentsOfDirectory(atPath: checkpoints))?.isEmpty == false
    }
  }

  /// The files.
  public let paths: Paths
  private let lock: DirectoryLock

  /// Finds out whether a directory can be used; changes nothing.
  ///
  /// - Parameters:
  ///   - path: The directory, which need not exist.
  ///   - mode: What is wanted.
  /// - Throws: ``TrainerError`` where it has a run that is to stay, or cannot be written.
  public static func check(path: String, mode: Mode) throws {
    let paths = Paths(directory: path)
    if mode == .new, paths.holdsRun {
      throw TrainerError(
        .usage,
        "\(path) has a run already: --resume goes on with it, --overwrite removes it and starts anew"
      )
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard errno == ENOENT, !path.isEmpty else { throw unwritable(path, errno) }
      try checkParent(of: path)
      return
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw unwritable(path, ENOTDIR) }
    // Root passes every check of permissions, but not of a file system that is read-only.
    guard access(path, R_OK | W_OK | X_OK) == 0 else { throw unwritable(path, errno) }
    // What is no run of this trainer is not removed for a mistyped path.
    if mode == .overwrite, paths.holdsRun { _ = try RunRecord.read(path: paths.config) }
  }

  /// Takes a directory, making it where there is none.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - mode: What is wanted.
  /// - Throws: ``TrainerError`` where it cannot be had.
  public init(path: String, mode: Mode) throws {
    try Self.check(path: path, mode: mode)
    paths = Paths(directory: path)
    do {
      try FileManager.default.createDirectory(
        atPath: paths.checkpoints, withIntermediateDirectories: true)
    } catch {
      throw TrainerError(
        .inputOutput, "\(path): cannot be made: \(SystemCall.text(of: error))")
    }
    lock = try DirectoryLock(directory: path)
    try CheckpointFolder(path: path, keep: 1).removeLeftovers()
    try CheckpointFolder(path: paths.checkpoints, keep: 1).removeLeftovers()
  }

  /// Removes the run that is there.
  ///
  /// - Throws: ``TrainerError`` where a file cannot be removed.
  public func removeRun() throws {
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
