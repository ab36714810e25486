import Files
import Foundation
import ImageData
import Synchronization
import TestSupport

@testable import Machine
@testable import Model
@testable import Runs
@testable import TensorBoard
@testable import Training

/// A short run that keeps all of its files, put together as the command does it, in a file system
/// of one's choice.
struct StoredRun: Sendable {
  static let directory = "/runs/one"
  static let eventDirectory = "/runs/events"
  static let histogramInterval = 2

  /// What has been on disk since a call of the file system.
  struct Promise: Sendable {
    let call: Int
    let step: Int
  }

  let files: ModeledFileSystem
  let warnings = Warnings()
  private let promises = Promises()

  /// Trains the run, or resumes it.
  ///
  /// - Parameter resumes: Whether the run may be there already.
  /// - Returns: The step from which it goes on.
  /// - Throws: What the command throws.
  @discardableResult
  func train(resumes: Bool) throws -> Int {
    try FileSystems.$current.withValue(files) {
      let run = try Self.newRun()
      let started = ContinuousClock.now
      let directory = try RunDirectory(path: Self.directory, mode: resumes ? .resume : .new)
      let paths = directory.paths
      let folder = CheckpointFolder(
        path: paths.checkpoints, keep: 2, isInPlace: { directory.isInPlace })
      if resumes { try folder.newest(warn: warnings.add)?.restore(run) }
      let start = run.position.step
      let complete = try CompleteRun.end(of: run, paths: paths)
      let end = FinalRecord(
        jobStart: started, secondsBefore: run.position.seconds, complete: complete)
      let checkpoints = CheckpointObserver(
        folder: complete == nil ? folder : nil, identity: Self.identity(run),
        interval: .steps(3), caughtSignal: { nil }, warn: warnings.add)
      do {
        let events = try TensorBoardRecorder(
          directory: Self.eventDirectory, interval: Self.histogramInterval)
        let outputs = DirectoryObserver(
          directory, checkpoints: checkpoints,
          files: try observers(run, directory, folder, end: end, isComplete: complete != nil),
          warn: warnings.add)
        run.gradientInterval = Self.histogramInterval
        let promise = PromiseObserver(
          promises, checkpoints: checkpoints, folder: folder, files: files)
        try run.train(observers: [
          DirectoryLast(
            outputs: [RetriedOutput(events, warn: warnings.add)], directory: [outputs, promise],
            warn: warnings.add)
        ])
      } catch {
        if run.position.step == 0 { directory.abandon() }
        throw error
      }
      return start
    }
  }

  /// The latest step that a crash after a call must not lose; 0 if there is none.
  func promisedStep(after call: Int) -> Int {
    promises.all.last { $0.call <= call }?.step ?? 0
  }

  private func record(of run: TrainingRun, _ paths: RunPaths) throws -> RunRecord {
    let record = RunRecord(
      run: run, options: [], files: [], digests: [:], machine: Self.machine, command: [])
    if run.position.step == 0 { return record }
    return record.continuing(try RunRecord.read(path: paths.config), atStep: run.position.step)
  }

  private func observers(
    _ run: TrainingRun, _ directory: RunDirectory, _ folder: CheckpointFolder, end: FinalRecord,
    isComplete: Bool
  ) throws -> [any TrainingObserver] {
    let paths = directory.paths
    let report = ReportFile(
      paths: isComplete ? nil : paths, stop: { _ in .signal(name: "SIGTERM", resume: "") },
      // At the start and the end alone, so that the calls do not depend on time.
      interval: 1e9,
      warn: warnings.add)
    guard !isComplete else { return [report] }
    return [
      RecordFile(directory: directory, record: try record(of: run, paths)),
      FinalModelFile(path: paths.model, in: .ownDirectory),
      BestModel(path: paths.bestModel, checkpoints: folder, warn: warnings.add),
      try MetricsFile(
        path: paths.metrics, in: .ownDirectory, machine: Self.machine, initialWeights: nil,
        end: end),
      try EpochLineFile.metricsTable(path: paths.table),
      report,
    ]
  }

  private static let machine = TrainerTests.machine()
  private static let dataset = Result {
    try SyntheticImages.dataset(trainingCount: 60, testCount: 20)
  }

  /// Three epochs of four steps.
  private static func newRun() throws -> TrainingRun {
    var configuration = TrainingConfiguration(threads: 1)
    configuration.batchSize = 12
    configuration.model = Perceptron(hidden: [4]).model
    configuration.epochs = 3
    configuration.validationCount = 16
    configuration.emaDecay = 0.5
    return try TrainingRun(
      configuration: configuration, dataset: try dataset.get(), coreCount: 1)
  }

  private static func identity(_ run: TrainingRun) -> RunIdentity {
    RunIdentity(
      configuration: run.configuration, initialWeights: nil, dataset: [:], machine: machine)
  }
}

private final class Promises: Sendable {
  private let list = Mutex<[StoredRun.Promise]>([])
  var all: [StoredRun.Promise] { list.withLock { $0 } }
  func add(_ promise: StoredRun.Promise) { list.withLock { $0.append(promise) } }
}

/// Waits for each checkpoint, so that calls come in one order, and notes that it is on disk.
private struct PromiseObserver: TrainingObserver {
  private let promises: Promises
  private let checkpoints: CheckpointObserver
  private let folder: CheckpointFolder
  private let files: ModeledFileSystem

  init(
    _ promises: Promises, checkpoints: CheckpointObserver, folder: CheckpointFolder,
    files: ModeledFileSystem
  ) {
    self.promises = promises
    self.checkpoints = checkpoints
    self.folder = folder
    self.files = files
  }

  func paused(_ run: TrainingRun) throws -> RunDecision { note(run.position.step) }

  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    note(epoch.step)
  }

  private func note(_ step: Int) -> RunDecision {
    checkpoints.wait()
    if files.disk.tree[folder.file(step: step)] != nil {
      promises.add(.init(call: files.calls.count - 1, step: step))
    }
    return .proceed
  }
}
