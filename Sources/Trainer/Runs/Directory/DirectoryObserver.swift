import Training

/// Forwards the events of a run to the observers that write to its directory, as long as the
/// directory is in place.
///
/// If the directory is moved or removed, the run ends before an observer writes to another run's
/// directory of the same name. A file that cannot be written during the run is only a warning, as
/// ``RetriedOutput`` says.
package final class DirectoryObserver: TrainingObserver {
  private let directory: RunDirectory
  private let checkpoints: CheckpointObserver
  private let files: [RetriedOutput]
  private let warn: @Sendable (String) -> Void

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - checkpoints: Writes the checkpoints. At the end of an epoch it is called last, so that no
  ///     checkpoint is newer than the other files. At a stop or an end it is called first, since
  ///     the other files require the last checkpoint.
  ///   - files: The observers that write the other files, in the order in which they are called.
  ///   - warn: Called with a message for each file that could not be written.
  package init(
    _ directory: RunDirectory, checkpoints: CheckpointObserver, files: [any TrainingObserver],
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.checkpoints = checkpoints
    self.files = files.map { RetriedOutput($0, warn: warn) }
    self.warn = warn
  }

  /// Forwards the event, if the directory is in place, until an observer fails: the files of an
  /// earlier part of the run stay as they are then.
  ///
  /// - Throws: ``TrainerError`` if the directory is not in place, or the failure.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try whileInPlace { try group(files + [checkpoints]).started(run) }
  }

  /// Forwards the event; requests a pause if any observer does.
  package func progressed(_ progress: EpochProgress) -> Bool {
    var pauses = checkpoints.progressed(progress)
    for file in files where file.progressed(progress) { pauses = true }
    return pauses
  }

  /// Forwards the event, if the directory is in place.
  ///
  /// - Throws: ``TrainerError`` if the directory is not in place.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    try whileInPlace {
      let decision = decision { $0.paused(run) }
      return try checkpoints.paused(run) == .stop ? .stop : decision
    }
  }

  /// Forwards the event, if the directory is in place.
  ///
  /// - Throws: ``TrainerError`` if the directory is not in place.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try whileInPlace {
      let decision = decision { $0.finished(epoch, of: run) }
      return try checkpoints.finished(epoch, of: run) == .stop ? .stop : decision
    }
  }

  /// Forwards the event, if the directory is in place.
  ///
  /// The files' observers receive the failure to write a checkpoint, if there is no earlier
  /// failure.
  ///
  /// - Throws: ``TrainerError`` if the directory is not in place; the error of the last checkpoint,
  ///   if it could not be written.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try whileInPlace {
      let checkpointFailure = Result { try checkpoints.stopped(run, failure: failure) }.failure
      for file in files { file.stopped(run, failure: failure ?? checkpointFailure) }
      if let checkpointFailure { throw checkpointFailure }
    }
  }

  /// Forwards the event, if the directory is in place.
  ///
  /// - Throws: ``TrainerError`` if the directory is not in place; otherwise the first failure.
  ///   Further failures are warnings.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try whileInPlace { try group([checkpoints] + files).ended(run, after: last, ending: ending) }
  }

  /// Forwards an event, if the directory is in place.
  ///
  /// - Parameter body: Tells the observers.
  /// - Returns: What `body` returns.
  /// - Throws: ``TrainerError`` if the directory is not in place, also if it was moved or removed
  ///   meanwhile and `body` fails; otherwise what `body` throws.
  private func whileInPlace<Value>(_ body: () throws -> Value) throws -> Value {
    try requireInPlace()
    do {
      return try body()
    } catch {
      try requireInPlace()
      throw error
    }
  }

  /// Verifies that the directory is in place.
  ///
  /// If it is not, this waits for the checkpoint that is being written before it throws, as every
  /// end of a run does.
  private func requireInPlace() throws {
    do {
      try directory.requireInPlace()
    } catch {
      checkpoints.wait()
      throw error
    }
  }

  private func group(_ observers: [any TrainingObserver]) -> ObserverGroup {
    ObserverGroup(observers: observers) { [warn] in warn("\($0)") }
  }

  /// Forwards an event to every file; stops the run if any of their observers does.
  private func decision(_ ask: (RetriedOutput) -> RunDecision) -> RunDecision {
    files.map(ask).contains(.stop) ? .stop : .proceed
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
