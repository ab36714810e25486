import Files
import Foundation
import Glibc
import Machine
import Parallel
import Training

/// The content of a run directory, as far as its files can be read.
package struct RecordedRun: Sendable {
  /// The state of a run.
  package enum State: Sendable, Equatable, CustomStringConvertible {
    /// The run has ended.
    case complete
    /// The run has not ended, and a process holds its lock.
    case running
    /// The run has not ended, and no process holds its lock.
    case stopped(step: Int)
    /// The run has written no metrics, and no process holds its lock.
    case noMetrics
    /// A file is missing, damaged or unreadable.
    case broken

    /// The state for tables.
    package var description: String {
      switch self {
      case .complete: "complete"
      case .running: "running"
      case .stopped(let step): "stopped at step \(step)"
      case .noMetrics: "no metrics"
      case .broken: "broken"
      }
    }
  }

  /// The directory, as it was given.
  package let directory: String
  /// The content of its `config.json`; nil if it cannot be read or decoded.
  package let record: RunRecord?
  /// The content of its `metrics.jsonl`; nil if there is none, or it cannot be read or decoded.
  package let metrics: RecordedMetrics?
  /// The state of the run.
  package let state: State
  /// The errors found in its files.
  package let problems: [TrainerError]

  /// Reads a run directory.
  ///
  /// Errors are collected in ``problems``.
  ///
  /// - Parameter directory: The directory.
  package init(directory: String) {
    self.init(
      directory: directory,
      readRecord: { try RunRecord.read(path: RunPaths(directory: directory).config) },
      readMetrics: { try RecordedMetrics.read(directory: directory) })
  }

  /// Describes a run directory whose files are read by functions.
  ///
  /// - Parameters:
  ///   - directory: The directory.
  ///   - readRecord: Reads its `config.json`.
  ///   - readMetrics: Reads its `metrics.jsonl`.
  init(
    directory: String, readRecord: () throws -> RunRecord,
    readMetrics: () throws -> RecordedMetrics?
  ) {
    self.directory = directory
    var problems: [TrainerError] = []
    func attempt<Value>(_ read: () throws -> Value?) -> Value? {
      do {
        return try read()
      } catch let error as TrainerError {
        problems.append(error)
      } catch let error as FileError {
        problems.append(TrainerError(error))
      } catch {
        problems.append(TrainerError(.failed, "\(directory): \(error)"))
      }
      return nil
    }
    record = attempt { try readRecord() }
    // The lock is tested before the metrics are read, so that a run that ends in between is
    // complete, not stopped.
    let isRunning = attempt { try Self.isLocked(directory: directory) } ?? false
    metrics = attempt { try readMetrics() }
    self.problems = problems
    if !problems.isEmpty {
      state = .broken
    } else if let metrics, metrics.end != nil {
      state = .complete
    } else if isRunning {
      state = .running
    } else if let metrics {
      state = .stopped(step: metrics.step)
    } else {
      state = .noMetrics
    }
  }

  /// Whether a process holds the run's lock.
  ///
  /// - Parameter directory: The run directory.
  /// - Returns: Whether it does; false if there is no lock file.
  /// - Throws: ``FileError`` if the lock cannot be tested.
  static func isLocked(directory: String) throws -> Bool {
    let path = RunPaths(directory: directory).lock
    do throws(SystemError) {
      // Closing the file releases the lock.
      let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
      // A shared lock, so that two processes that test it do not see each other.
      return try !file.lock(shared: true)
    } catch {
      if error.code == ENOENT { return false }
      throw FileError(path, .lock, code: error.code)
    }
  }

  /// The number of epochs done; nil if none is.
  package var epochCount: Int? { metrics?.epochs.last?.epoch }
  /// The latest test accuracy, from 0 to 1; nil if there is none.
  package var testAccuracy: Double? {
    metrics?.end?.testAccuracy ?? metrics?.epochs.last?.testAccuracy
  }
  /// The test accuracy of the best epoch, from 0 to 1; nil if there is none.
  package var bestTestAccuracy: Double? { metrics?.best?.testAccuracy }
  /// The metric that determines the best epoch; nil if there is none.
  var bestEpochBasis: BestEpochBasis? { metrics?.best.map(BestEpochBasis.init) }
}

extension RecordedRun {
  /// Finds run directories among the given folders and directly inside them.
  ///
  /// A run directory contains a `config.json` or a `metrics.jsonl`, and may contain further run
  /// directories.
  ///
  /// - Parameter folders: Run directories, or folders of run directories, searched one level deep.
  /// - Returns: The runs, each directory once; an error for each folder that contains none or
  ///   cannot be searched; and a warning for each folder of which names are left out.
  package static func find(
    in folders: [String]
  ) -> (runs: [RecordedRun], problems: [TrainerError], warnings: [String]) {
    let (found, problems, warnings) = directories(in: folders)
    return (found.map { RecordedRun(directory: $0) }, problems.map(\.error), warnings)
  }

  /// Finds run directories as ``find(in:)`` does, without reading their files.
  ///
  /// - Parameter folders: Run directories, or folders of run directories.
  /// - Returns: The directories; an error for each folder that contains none, or that cannot be
  ///   searched; and a warning for each folder of which names are left out.
  static func directories(
    in folders: [String]
  ) -> (
    directories: [String], problems: [(error: TrainerError, isEmptyFolder: Bool)],
    warnings: [String]
  ) {
    var runs: [String] = []
    var problems: [(error: TrainerError, isEmptyFolder: Bool)] = []
    var warnings: [String] = []
    var seen: Set<String> = []
    func add(_ directory: String) {
      if seen.insert(PathNames.target(of: directory)).inserted { runs.append(directory) }
    }
    func isRun(_ directory: String) -> Bool {
      do throws(FileError) {
        return try holdsRun(directory)
      } catch {
        problems.append((TrainerError(error), false))
        return false
      }
    }
    for folder in folders {
      let isRunItself = isRun(folder)
      if isRunItself { add(folder) }
      let names: [[UInt8]]
      do throws(FileError) {
        names = try FileError.wrapping(folder, .read) { () throws(SystemError) in
          try FileSystems.current.nameBytes(in: folder)
        }
      } catch {
        let failure = TrainerError(error)
        problems.append(
          (
            TrainerError(
              failure.code, "\(failure); expected a run directory or a folder of them"), false
          ))
        continue
      }
      let texts = names.compactMap { String(validating: $0, as: UTF8.self) }
      if texts.count < names.count { warnings.append(warning(of: names, in: folder)) }
      let found = texts.sorted().map { PathText.joined(folder, $0) }.filter(isRun)
      found.forEach(add)
      if found.isEmpty, !isRunItself {
        problems.append(
          (
            TrainerError(
              .dataNotFound,
              "\(folder): found no run directory, expected a directory with \(RunPaths.configName), "
                + "or a folder of such directories"), true
          ))
      }
    }
    return (runs, problems, warnings)
  }

  /// The warning about names that are not UTF-8.
  private static func warning(of names: [[UInt8]], in folder: String) -> String {
    let others = names.filter { String(validating: $0, as: UTF8.self) == nil }
    let shown = others.map { "'\(String(decoding: $0, as: UTF8.self))'" }.sorted()
    return "\(folder): left out \(counted(others.count, "name")) that "
      + "\(others.count == 1 ? "is" : "are") not UTF-8: \(listed(shown))"
  }

  private static func holdsRun(_ directory: String) throws(FileError) -> Bool {
    let paths = RunPaths(directory: directory)
    for path in [paths.config, paths.metrics] {
      do throws(FileError) {
        let found = try FileError.wrapping(path, .read) { () throws(SystemError) in
          try FileSystems.current.existing(path)
        }
        // A start that was killed, or has just begun, has empty metrics.
        if let found, path != paths.metrics || found.kind != .regular || found.size > 0 {
          return true
        }
      } catch  where [ENOTDIR, EACCES, ELOOP].contains(where: { error.reason == .system($0) }) {
        // A file, another user's folder, or a link that leads to itself.
        continue
      }
    }
    return false
  }
}

extension RecordedRun: Encodable {
  private enum CodingKeys: String, CodingKey {
    case directory, state, step, epochs, problems, version, created, dataset, threads
    case pin, settings, seconds
    case blasCore = "blas_core"
    case testAccuracy = "test_accuracy"
    case bestTestAccuracy = "best_test_accuracy"
    case bestEpoch = "best_epoch"
    case endedBy = "ended_by"
    case weightsDigest = "weights_digest"
  }

  /// Encodes the run as `trainer runs --json` prints it, without unknown values.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: The encoder's error.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(directory, forKey: .directory)
    try container.encode(state.word, forKey: .state)
    try container.encode(problems.map(\.description), forKey: .problems)
    if let record {
      try container.encode(record.version, forKey: .version)
      try container.encode(record.created, forKey: .created)
      try container.encode(record.dataset.name, forKey: .dataset)
      try container.encodeIfPresent(record.usedBLASCore, forKey: .blasCore)
      try container.encode(record.threads, forKey: .threads)
      try container.encodeIfPresent(record.pin, forKey: .pin)
      try container.encode(record.settings, forKey: .settings)
    }
    if let metrics {
      try container.encode(metrics.step, forKey: .step)
      try container.encode(epochCount ?? 0, forKey: .epochs)
      try container.encodeIfPresent(testAccuracy, forKey: .testAccuracy)
      try container.encodeIfPresent(bestTestAccuracy, forKey: .bestTestAccuracy)
      try container.encodeIfPresent(metrics.best?.epoch, forKey: .bestEpoch)
      try container.encodeIfPresent(metrics.end?.seconds, forKey: .seconds)
      try container.encodeIfPresent(metrics.end?.endedBy, forKey: .endedBy)
      try container.encodeIfPresent(metrics.end?.weightsDigest, forKey: .weightsDigest)
    }
  }
}

extension RecordedRun.State {
  /// The state as one word.
  var word: String {
    switch self {
    case .complete: "complete"
    case .running: "running"
    case .stopped: "stopped"
    case .noMetrics: "no-metrics"
    case .broken: "broken"
    }
  }

  /// All words for states.
  static let words = [Self.complete, .running, .stopped(step: 0), .noMetrics, .broken].map(\.word)
}
