import Training

/// Forwards the events of a run to the observer of a file, and does not let a failure end the run.
///
/// A file that cannot be written during the run, or when it stops, is only a warning: its observer
/// retries at the next event. It is an error at the start, and at the end of the run.
package final class RetriedOutput: TrainingObserver {
  private let file: any TrainingObserver
  private let warn: @Sendable (String) -> Void
  private let told: WarningPause

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - file: The observer that writes the file. What it could not write, it writes at a later
  ///     event.
  ///   - pause: The time in which the same failure is told only once.
  ///   - warn: Called with a message if the file could not be written.
  package init(
    _ file: any TrainingObserver, pause: Duration = .seconds(60),
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.file = file
    told = WarningPause(pause)
    self.warn = warn
  }

  /// Forwards the event.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    do {
      return try file.started(run)
    } catch {
      // The run ends by it: the same failure at the stop needs no warning.
      told.recordIfNew("\(error)")
      throw error
    }
  }

  /// Forwards the event.
  package func progressed(_ progress: EpochProgress) -> Bool { file.progressed(progress) }

  /// Forwards the event; a failure is a warning.
  package func paused(_ run: TrainingRun) -> RunDecision {
    retrying(effect: "; training continues") { try file.paused(run) } ?? .proceed
  }

  /// Forwards the event; a failure is a warning.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) -> RunDecision {
    retrying(effect: "; training continues") { try file.finished(epoch, of: run) } ?? .proceed
  }

  /// Forwards the event; a failure is a warning.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) {
    retrying(effect: "") { try file.stopped(run, failure: failure) }
  }

  /// Forwards the event.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try file.ended(run, after: last, ending: ending)
  }

  /// Calls `body`; a failure is a warning with its effect on the run.
  ///
  /// - Returns: What `body` returns; nil after a failure.
  @discardableResult
  private func retrying<Value>(effect: String, _ body: () throws -> Value) -> Value? {
    do {
      return try body()
    } catch {
      if told.recordIfNew("\(error)") { warn("\(error)\(effect)") }
      return nil
    }
  }
}
