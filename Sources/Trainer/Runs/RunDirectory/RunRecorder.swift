import Files
import Machine
import Synchronization
import Training

/// Writes a run directory's figures; what cannot be written now is written later, and training goes on.
package final class RunRecorder: TrainingObserver {
  private let metrics: MetricsFile
  private let table: MetricsTable
  private let best: BestModel
  private let warn: @Sendable (String) -> Void

  /// Starts the files, with the epochs that an earlier part of the run has done.
  ///
  /// - Parameters:
  ///   - paths: The directory's files.
  ///   - run: The run that starts or goes on.
  ///   - checkpoints: Its checkpoints.
  ///   - machine: Where it runs.
  ///   - initialWeights: The file that it starts from, if any.
  ///   - warn: Is told of what could not be written.
  /// - Throws: ``TrainerError`` where the files cannot be made.
  package init(
    paths: RunDirectory.Paths, run: TrainingRun, checkpoints: CheckpointFolder, machine: Machine,
    initialWeights: String?, warn: @escaping @Sendable (String) -> Void
  ) throws {
    self.warn = warn
    metrics = try MetricsFile(path: paths.metrics, in: .lockedDirectory)
    try metrics.writeStart(run, machine: machine, initialWeights: initialWeights)
    table = try MetricsTable(path: paths.table, history: run.position.history)
    best = BestModel(path: paths.bestModel, run: run, checkpoints: checkpoints, warn: warn)
    attempt { try best.retry() }
  }

  /// Adds the epoch's line to both files; keeps the model where it is the best so far.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    attempt { try metrics.write(epoch) }
    attempt { try table.write(epoch) }
    attempt { try best.finished(epoch, of: run) }
    return .goOn
  }

  /// Adds the last line of a part that a signal ended.
  ///
  /// - Parameters:
  ///   - step: Steps done.
  ///   - signal: The signal's name.
  package func stop(step: Int, signal: String) {
    attempt { try metrics.writeStop(step: step, signal: signal) }
    pause()
  }

  /// Writes what could not be written before, as far as that is possible now.
  package func pause() {
    attempt { try table.finish() }
    attempt { try best.retry() }
  }

  /// Makes the best model's file what it has to be at the end.
  ///
  /// - Throws: `WeightsError` or ``TrainerError`` where it still cannot be written.
  package func writeBestModel() throws {
    try best.finish()
  }

  /// Adds the last line.
  ///
  /// - Parameter record: What came of the run.
  /// - Throws: ``TrainerError`` where lines are missing in a file and still cannot be written.
  package func end(_ record: RecordedEnd) throws {
    try metrics.writeEnd(record)
    try table.finish()
  }

  private func attempt(_ body: () throws -> Void) {
    do {
      try body()
    } catch {
      warn("\(error); training goes on")
    }
  }
}
