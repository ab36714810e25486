import Files
import Training

/// Run directories that are read again and again while their runs go on.
package struct FollowedRuns: Sendable {
  private let folders: [String]
  private var runs: [String: FollowedRun] = [:]

  /// Creates a list without runs.
  ///
  /// - Parameter folders: Run directories, or folders of run directories, searched one level deep.
  package init(in folders: [String]) {
    self.folders = folders
  }

  /// Reads what is new, also in directories that are new; forgets those that are gone.
  ///
  /// - Returns: The runs; an error for each folder that cannot be searched; and a warning for each
  ///   folder of which names are left out. A folder without runs is no error: one may start there.
  package mutating func update() -> (
    runs: [RecordedRun], problems: [TrainerError], warnings: [String]
  ) {
    let (directories, problems, warnings) = RecordedRun.directories(in: folders)
    var found: [String: FollowedRun] = [:]
    let result = directories.map { directory in
      var run = runs[directory] ?? FollowedRun(directory: directory)
      defer { found[directory] = run }
      return run.update()
    }
    runs = found
    return (result, problems.filter { !$0.isEmptyFolder }.map(\.error), warnings)
  }
}

/// A run directory that is read again and again.
private struct FollowedRun: Sendable {
  /// The properties that distinguish a version of a file from others.
  private struct FileVersion: Equatable {
    let identity: FileStatus.Identity
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    /// The version of a file; nil if there is none.
    init?(of path: String) {
      do throws(SystemError) {
        let status = try FileSystems.current.status(path, followingLink: true)
        identity = status.identity
        size = status.size
        (seconds, nanoseconds) = status.modified
      } catch {
        return nil
      }
    }
  }

  let directory: String
  private var metrics: MetricsReader
  private var record: (version: FileVersion, content: RunRecord)?
  /// The latest run without problems.
  private var intact: RecordedRun?
  private var hadProblems = false

  init(directory: String) {
    self.directory = directory
    metrics = MetricsReader(directory: directory)
  }

  mutating func update() -> RecordedRun {
    let run = RecordedRun(
      directory: directory, readRecord: { try readRecord() }, readMetrics: { try metrics.read() })
    defer { hadProblems = !run.problems.isEmpty }
    if run.problems.isEmpty {
      intact = run
      return run
    }
    // A run that is replaced or removed has only some of its files for a moment.
    if let intact, !hadProblems { return intact }
    return run
  }

  private mutating func readRecord() throws -> RunRecord {
    let path = RunPaths(directory: directory).config
    let version = FileVersion(of: path)
    if let record, record.version == version { return record.content }
    let content = try RunRecord.read(path: path)
    record = version.map { ($0, content) }
    return content
  }
}
