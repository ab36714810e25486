import Files
import Model
import Synchronization
import Training

/// Keeps a run's `best.safetensors` the model of the epoch with the smallest validation loss, also
/// if it cannot be written for a while.
package final class BestModel: TrainingObserver {
  /// The epoch's number in the file's metadata.
  static let epochKey = "epoch"

  /// What the file should be and is not.
  private enum Debt: Sendable {
    case none
    /// This, which could not be written yet.
    case content(SafetensorsFile)
    /// The model of an epoch that nothing is left of.
    case lost(TrainerError)
  }

  private let path: String
  private let checkpoints: CheckpointFolder
  private let warn: @Sendable (String) -> Void
  private let debt = Mutex(Debt.none)

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - checkpoints: The run's checkpoints.
  ///   - warn: Is told, at the start, of a file that cannot be written yet, or not be made again.
  package init(
    path: String, checkpoints: CheckpointFolder, warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.checkpoints = checkpoints
    self.warn = warn
  }

  /// Finds out whether the file is the one that the run's epochs so far ask for; if it is not, the
  /// model is taken from the run or from the epoch's checkpoint, and written if that is possible now.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    guard let (best, fault) = Self.fault(of: path, run: run) else { return .goOn }
    do {
      let content = try Self.content(of: best, run, checkpoints, path: path)
      debt.withLock { $0 = .content(content) }
    } catch {
      let lost = TrainerError(
        .inputOutput,
        "\(path): found \(fault), expected the model of epoch \(best.epoch), which cannot be made "
          + "again: \(error)")
      warn("\(lost)")
      debt.withLock { $0 = .lost(lost) }
    }
    do {
      try retry()
    } catch {
      warn("\(error); training goes on")
    }
    return .goOn
  }

  /// Whether the file is the one that the run's epochs so far ask for, or they ask for none.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - run: The run.
  /// - Returns: Whether there is nothing to write.
  static func isWritten(path: String, run: TrainingRun) -> Bool {
    fault(of: path, run: run) == nil
  }

  /// Writes the model if it is the best so far, or what could not be written before.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    if epoch.validation != nil, run.position.best?.epoch == epoch.epoch {
      let content = try run.modelContent(path: path, metadata: Self.metadata(epoch))
      debt.withLock { $0 = .content(content) }
    }
    try retry()
    return .goOn
  }

  /// Writes what could not be written before, if there is still something left of it.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try retry()
  }

  /// Writes what could not be written before; fails if the file is not what it should be.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try retry()
    if case .lost(let error) = debt.withLock({ $0 }) { throw error }
  }

  private func retry() throws {
    try debt.withLock { debt in
      guard case .content(let content) = debt else { return }
      try content.write(in: .lockedDirectory)
      debt = .none
    }
  }

  private static func metadata(_ epoch: EpochRecord) -> [String: String] {
    [epochKey: "\(epoch.epoch)"]
  }

  /// The best epoch, and what is wrong with its file; nil where nothing is.
  private static func fault(
    of path: String, run: TrainingRun
  ) -> (best: EpochRecord, fault: String)? {
    guard let best = run.position.best, best.validation != nil else { return nil }
    return fault(of: path, epoch: best.epoch).map { (best, $0) }
  }

  /// What is wrong with a file; nil if it is the model of an epoch.
  private static func fault(of path: String, epoch: Int) -> String? {
    do {
      let file = try SafetensorsFile.read(path: path)
      try ModelFile.checkContent(file)
      // Files of the first versions do not say.
      guard let found = file.metadata[epochKey], found != "\(epoch)" else { return nil }
      return "the model of epoch \(found)"
    } catch let error as FileError where error.isMissing {
      return "no file"
    } catch {
      return "another file (\(error))"
    }
  }

  /// The model after an epoch, as far as something is left of it.
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
        "\(checkpoints.file(step: epoch.step)): found another run's figures, expected those of "
          + "epoch \(epoch.epoch)")
    }
    return try run.modelContent(
      of: try checkpoint.model(of: run), path: path, metadata: metadata(epoch))
  }
}
