import Training

/// Tells the observers that write to a run directory, as long as it is in its place.
///
/// Once the directory is moved or removed, the run ends before one of them writes to what may be
/// another run's directory of the same name. What a file cannot take while the run goes on, or when
/// it stops, is a warning: each tries it again with what it is told next.
package final class DirectoryObserver: TrainingObserver {
  private let directory: RunDirectory
  private let checkpoints: CheckpointObserver
  private let files: [any TrainingObserver]
  private let warn: @Sendable (String) -> Void

  /// Watches a directory.
  ///
  /// - Parameters:
  ///   - directory: The run's directory.
  ///   - checkpoints: Makes its checkpoints. It is told last of an epoch, as a run resumes behind what
  ///     the files have, and first of a stop or an end, which need the last checkpoint.
  ///   - files: Write its other files, in the order in which they are told.
  ///   - warn: Is told of what could not be written.
  package init(
    _ directory: RunDirectory, checkpoints: CheckpointObserver, files: [any TrainingObserver],
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.checkpoints = checkpoints
    self.files = files
    self.warn = warn
  }

  /// Passes the call on, if the directory is in its place.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    try directory.requireInPlace()
    return try group(files + [checkpoints]).started(run)
  }

  /// Passes the call on.
  package func progressed(_ progress: EpochProgress) -> Bool {
    var pauses = checkpoints.progressed(progress)
    for file in files where file.progressed(progress) { pauses = true }
    return pauses
  }

  /// Passes the call on, if the directory is in its place.
  package func paused(_ run: TrainingRun) throws -> RunDecision {
    try directory.requireInPlace()
    let decision = tellFiles { try $0.paused(run) }
    return try checkpoints.paused(run) == .stop ? .stop : decision
  }

  /// Passes the call on, if the directory is in its place.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try directory.requireInPlace()
    let decision = tellFiles { try $0.finished(epoch, of: run) }
    return try checkpoints.finished(epoch, of: run) == .stop ? .stop : decision
  }

  /// Passes the call on, if the directory is in its place; a checkpoint that could not be written is a
  /// failure, of which the files are told.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try requireInPlace()
    let checkpointFailure = Result { try checkpoints.stopped(run, failure: failure) }.failure
    _ = tellFiles {
      try $0.stopped(run, failure: failure ?? checkpointFailure)
      return .goOn
    }
    if let checkpointFailure { throw checkpointFailure }
  }

  /// Passes the call on, if the directory is in its place; the first failure is thrown, each other is a
  /// warning.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try requireInPlace()
    try group([checkpoints] + files).ended(run, after: last, ending: ending)
  }

  /// Makes sure that the directory is in its place; if it is not, the checkpoint that is being written is
  /// still waited for, as at every end of a run.
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

  private func tellFiles(_ body: (any TrainingObserver) throws -> RunDecision) -> RunDecision {
    var decision = RunDecision.goOn
    for file in files {
      do {
        if try body(file) == .stop { decision = .stop }
      } catch {
        warn("\(error); training goes on")
      }
    }
    return decision
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
