import Files
import Model
import Synchronization
import Training

/// Writes `best.safetensors`: the model of the epoch with the smallest validation loss.
///
/// If the file cannot be written, the observer retries at later events.
package final class BestModel: TrainingObserver {
  /// The key of the epoch's number in the file's metadata.
  static let epochKey = "epoch"

  /// The content that is still to be written.
  private enum PendingWrite: Sendable {
    case none
    /// Content that could not be written yet.
    case content(SafetensorsFile)
    /// The model of an epoch that can no longer be restored.
    case lost(TrainerError)
  }

  private let path: String
  private let checkpoints: CheckpointFolder
  private let warn: @Sendable (String) -> Void
  private let pending = Mutex(PendingWrite.none)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - checkpoints: The run's checkpoints.
  ///   - warn: Called at the start with a message, if the file cannot be written yet or its content
  ///     cannot be restored.
  package init(
    path: String, checkpoints: CheckpointFolder, warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.checkpoints = checkpoints
    self.warn = warn
  }

  /// Checks whether the file contains the model of the best epoch so far.
  ///
  /// If it does not, the model is restored from the run or from the epoch's checkpoint, and
  /// written. A failure is a warning.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    guard let (best, fault) = Self.fault(of: path, run: run) else { return .proceed }
    do {
      let content = try Self.content(of: best, run, checkpoints, path: path)
      pending.withLock { $0 = .content(content) }
    } catch {
      let lost = TrainerError(
        .inputOutput,
        "\(path): found \(fault), expected the model of epoch \(best.epoch), which cannot be "
          + "restored: \(error)")
      warn("\(lost)")
      pending.withLock { $0 = .lost(lost) }
    }
    do {
      try retry()
    } catch {
      warn("\(error); training continues")
    }
    return .proceed
  }

  /// Whether the file contains the model of the run's best epoch so far.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - run: The run.
  /// - Returns: Whether it does; also true if the run has no best model, and so needs no file.
  static func isWritten(path: String, run: TrainingRun) -> Bool {
    fault(of: path, run: run) == nil
  }

  /// Writes the model if the epoch is the best so far, or a model that could not be written before.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if epoch.validation != nil, run.position.best?.epoch == epoch.epoch {
      let content = try run.modelContent(path: path, metadata: Self.metadata(epoch))
      pending.withLock { $0 = .content(content) }
    }
    try retry()
    return .proceed
  }

  /// Writes a model that could not be written before, if any.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try retry()
  }

  /// Writes a model that could not be written before, if any.
  ///
  /// - Throws: The error that kept the best model from being written or restored; ``FileError`` if
  ///   another process has removed the file.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try retry()
    if case .lost(let error) = pending.withLock({ $0 }) { throw error }
    if run.position.best?.validation != nil { try OwnFile.requirePresent(path: path) }
  }

  private func retry() throws {
    try pending.withLock { pending in
      guard case .content(let content) = pending else { return }
      try content.write(in: .ownDirectory)
      pending = .none
    }
  }

  private static func metadata(_ epoch: EpochRecord) -> [String: String] {
    [epochKey: "\(epoch.epoch)"]
  }

  /// The best epoch, and what the file contains instead of its model; nil if the file is correct.
  private static func fault(
    of path: String, run: TrainingRun
  ) -> (best: EpochRecord, fault: String)? {
    guard let best = run.position.best, best.validation != nil else { return nil }
    return fault(of: path, epoch: best.epoch).map { (best, $0) }
  }

  /// A description of what a file contains; nil if it is the model of the epoch.
  private static func fault(of path: String, epoch: Int) -> String? {
    do {
      let file = try SafetensorsFile.read(path: path)
      _ = try ModelFile(file)
      // Files of the first versions do not contain the epoch.
      guard let found = file.metadata[epochKey], found != "\(epoch)" else { return nil }
      return "the model of epoch \(found)"
    } catch let error as FileError where error.isMissing {
      return "no file"
    } catch {
      return "another file (\(error))"
    }
  }

  /// The model after an epoch, from the run or from the epoch's checkpoint.
  private static func content(
    of epoch: EpochRecord, _ run: TrainingRun, _ checkpoints: CheckpointFolder, path: String
  ) throws -> SafetensorsFile {
    if run.position.stepInEpoch == 0, run.position.history.last == epoch {
      return try run.modelContent(path: path, metadata: metadata(epoch))
    }
    let checkpoint = try Checkpoint(path: checkpoints.file(step: epoch.step))
    guard checkpoint.position.stepInEpoch == 0, checkpoint.position.history.last == epoch else {
      throw TrainerError(
        .badData,
        "\(checkpoints.file(step: epoch.step)): found another run's metrics, expected those of "
          + "epoch \(epoch.epoch)")
    }
    return try run.modelContent(
      of: try checkpoint.model(of: run), path: path, metadata: metadata(epoch))
  }
}
