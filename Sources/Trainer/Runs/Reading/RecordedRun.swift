import Files
import Foundation
import Glibc
import Machine
import Training

/// A run directory, as far as its files tell.
package struct RecordedRun: Sendable {
  /// What became of a run.
  package enum State: Sendable, Equatable, CustomStringConvertible {
    /// It has ended.
    case complete
    /// A process works on it.
    case running
    /// It has not ended, and nobody works on it.
    case stopped(step: Int)
    /// It has not told anything yet.
    case noMetrics
    /// A file is not what it should be.
    case broken

    /// As tables show it.
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
  /// Its `config.json`; nil where it is broken.
  package let record: RunRecord?
  /// Its `metrics.jsonl`; nil where there is none yet, or it is broken.
  package let metrics: RecordedMetrics?
  /// What became of it.
  package let state: State
  /// What is wrong with its files.
  package let problems: [TrainerError]

  /// Reads a run directory.
  ///
  /// - Parameter directory: The directory; what is wrong with it is in ``problems``.
  package init(directory: String) {
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
    record = attempt { try RunRecord.read(path: directory + "/" + RunRecord.fileName) }
    // Asked before the metrics are read: a run that ends in between is seen as complete, not stopped.
    let isRunning = attempt { try Self.isLocked(directory: directory) } ?? false
    metrics = attempt { try RecordedMetrics.read(directory: directory) }
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

  /// The name of the file that a run locks while it works.
  static let lockName = ".lock"

  /// Whether a process holds the run's lock.
  ///
  /// - Parameter directory: The run directory.
  /// - Returns: False also where there is no lock file.
  /// - Throws: ``TrainerError`` where it cannot be found out.
  static func isLocked(directory: String) throws -> Bool {
    let path = directory + "/" + lockName
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0, errno == ENOENT { return false }
    guard descriptor >= 0 else { throw FileError(path, .lock, code: errno) }
    // Closing lets go of the lock.
    defer { close(descriptor) }
    // Shared, so that two who look do not see each other.
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
    guard errno == EWOULDBLOCK else { throw FileError(path, .lock, code: errno) }
    return true
  }

  /// Epochs done.
  package var epochCount: Int? { metrics?.epochs.last?.epoch }
  /// The last test accuracy known.
  package var testAccuracy: Double? {
    metrics?.end?.testAccuracy ?? metrics?.epochs.last?.testAccuracy
  }
  /// The test accuracy of the epoch judged best.
  package var bestTestAccuracy: Double? { metrics?.best?.testAccuracy }
  /// What its best epoch is judged by; nil while it has none.
  var bestEpochBasis: BestEpochBasis? { metrics?.best.map(BestEpochBasis.init) }
}

extension RecordedRun {
  /// Finds run directories: those named, and those in folders that are named.
  ///
  /// A run directory has a `config.json` or a `metrics.jsonl`, and may have further runs in it.
  ///
  /// - Parameter folders: Run directories, or folders of run directories, searched one level deep.
  /// - Returns: The runs, each directory once, and what is wrong with folders that give none or cannot be
  ///   searched.
  package static func find(in folders: [String]) -> (runs: [RecordedRun], problems: [TrainerError])
  {
    var runs: [RecordedRun] = []
    var problems: [TrainerError] = []
    var seen: Set<String> = []
    func add(_ directory: String) {
      if seen.insert(PathNames.target(of: directory)).inserted {
        runs.append(RecordedRun(directory: directory))
      }
    }
    for folder in folders {
      let isRunItself = isRun(folder)
      if isRunItself { add(folder) }
      let names: [String]
      do {
        names = try SystemCall.names(in: folder).sorted()
      } catch {
        problems.append(
          TrainerError(
            .dataNotFound,
            "\(folder): cannot be listed: \(error); expected a run directory or a "
              + "folder of them")
        )
        continue
      }
      let found = names.map { (folder.hasSuffix("/") ? folder : folder + "/") + $0 }.filter(isRun)
      found.forEach(add)
      if found.isEmpty, !isRunItself {
        problems.append(
          TrainerError(
            .dataNotFound,
            "\(folder): found no run directory, expected one, or a folder of them, with "
              + RunRecord.fileName))
      }
    }
    return (runs, problems)
  }

  private static func isRun(_ directory: String) -> Bool {
    [RunRecord.fileName, RecordedMetrics.fileName].contains {
      access(directory + "/" + $0, F_OK) == 0
    }
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

  /// Encodes the run as `trainer runs --json` prints it; what is not known is left out.
  ///
  /// - Parameter encoder: Takes it.
  /// - Throws: What the encoder throws.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(directory, forKey: .directory)
    try container.encode(stateName, forKey: .state)
    try container.encode(problems.map(\.description), forKey: .problems)
    if let record {
      try container.encode(record.version, forKey: .version)
      try container.encode(record.created, forKey: .created)
      try container.encode(record.dataset.name, forKey: .dataset)
      try container.encode(record.machine.openBLAS.core, forKey: .blasCore)
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

  private var stateName: String {
    switch state {
    case .complete: "complete"
    case .running: "running"
    case .stopped: "stopped"
    case .noMetrics: "no-metrics"
    case .broken: "broken"
    }
  }
}
