import Training

/// Starts the files of a run's directory only when all other outputs have started.
///
/// So what the directory has of an earlier run stays if one of the others cannot be written. Later,
/// too, the directory comes last, since a resumed run continues after what the others have written;
/// but it is the first at a stop, when it finds the signal and writes the last checkpoint.
package struct DirectoryLast: TrainingObserver {
  private let outputs: ObserverGroup
  private let directory: ObserverGroup
  private let all: ObserverGroup

  /// Creates an observer.
  ///
  /// - Parameters:
  ///   - outputs: The observers of the other outputs, in the order in which they are called.
  ///   - directory: The observers of the directory.
  ///   - warn: Called with a message for each failure of an event after the first.
  package init(
    outputs: [any TrainingObserver], directory: [any TrainingObserver],
    warn: @escaping @Sendable (String) -> Void
  ) {
    func group(_ observers: [any TrainingObserver]) -> ObserverGroup {
      ObserverGroup(observers: observers) { warn("\($0)") }
    }
    self.outputs = group(outputs)
    self.directory = group(directory)
    all = group(outputs + directory)
  }

  /// Forwards the event to the directory only if all others have started.
  ///
  /// - Throws: The first failure.
  package func started(_ run: TrainingRun) throws -> RunDecision {
    let decision = try outputs.started(run)
    return try directory.started(run) == .stop ? .stop : decision
  }

  /// Forwards the event; requests a pause if any observer does.
  package func progressed(_ progress: EpochProgress) -> Bool { all.progressed(progress) }

  /// Forwards the event; stops the run if any observer does.
  ///
  /// - Throws: The first failure.
  package func paused(_ run: TrainingRun) throws -> RunDecision { try all.paused(run) }

  /// Forwards the event; stops the run if any observer does.
  ///
  /// - Throws: The first failure.
  package func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try all.finished(epoch, of: run)
  }

  /// Forwards the event; the others learn whether the directory has failed.
  ///
  /// - Throws: The first failure.
  package func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    do {
      try directory.stopped(run, failure: failure)
    } catch {
      try outputs.stopped(run, failure: failure ?? error)
      throw error
    }
    try outputs.stopped(run, failure: failure)
  }

  /// Forwards the event.
  ///
  /// - Throws: The first failure.
  package func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try all.ended(run, after: last, ending: ending)
  }
}
