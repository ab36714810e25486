/// What a run tells while it goes on, and what it is told.
///
/// Each observer is told once that the run has started, and then once that it has stopped or ended.
/// Workers call ``progressed(_:)`` while the main thread waits; the main thread calls the others
/// while no worker runs: never two at once.
public protocol TrainingObserver: Sendable {
  /// Called before the first step, also if the run was at its end already.
  ///
  /// - Parameter run: The run, where it starts or resumes.
  /// - Returns: Whether the run goes on.
  /// - Throws: What ends the run.
  func started(_ run: TrainingRun) throws -> RunDecision
  /// Called by a worker after each step, while the others wait: to be quick.
  ///
  /// - Parameter progress: How far the epoch is.
  /// - Returns: Whether ``paused(_:)`` is to be called before the next step.
  func progressed(_ progress: EpochProgress) -> Bool
  /// Called between two steps, if any observer asked for it.
  ///
  /// - Parameter run: The run.
  /// - Returns: Whether the run goes on.
  /// - Throws: What ends the run.
  func paused(_ run: TrainingRun) throws -> RunDecision
  /// Called after an epoch's evaluation.
  ///
  /// - Parameters:
  ///   - epoch: The epoch's figures.
  ///   - run: The run.
  /// - Returns: Whether the run goes on.
  /// - Throws: What ends the run.
  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision
  /// Called if the run stops before its end: an observer asked for it, or something failed.
  ///
  /// - Parameters:
  ///   - run: The run, between two steps.
  ///   - failure: What failed, in this process alone; nil if an observer asked for the stop.
  /// - Throws: What the stop fails with; after a failure it is not told.
  func stopped(_ run: TrainingRun, failure: (any Error)?) throws
  /// Called when the run is at its end.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The figures of its last epoch.
  ///   - ending: Why it ended.
  /// - Throws: What the run fails with, though it was trained to its end.
  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws
}

/// What an observer wants of the run.
public enum RunDecision: Sendable, Equatable {
  /// Another step.
  case goOn
  /// An end here, to be resumed later.
  case stop
}

/// What most observers leave out.
extension TrainingObserver {
  /// Goes on.
  public func started(_ run: TrainingRun) throws -> RunDecision { .goOn }
  /// Asks for nothing.
  public func progressed(_ progress: EpochProgress) -> Bool { false }
  /// Goes on.
  public func paused(_ run: TrainingRun) throws -> RunDecision { .goOn }
  /// Goes on.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision { .goOn }
  /// Does nothing.
  public func stopped(_ run: TrainingRun, failure: (any Error)?) throws {}
  /// Does nothing.
  public func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {}
}

/// Tells several observers, in their order; every one is told, also after one wants an end or fails:
/// what the last ones keep of the run is not lost for a failure of the first.
public struct ObserverGroup: TrainingObserver {
  private let observers: [any TrainingObserver]
  private let furtherFailure: @Sendable (any Error) -> Void

  /// Groups observers.
  ///
  /// - Parameters:
  ///   - observers: The observers, in the order in which they are told.
  ///   - furtherFailure: Is told of each failure of a call but the first, which the call throws.
  public init(
    observers: [any TrainingObserver],
    furtherFailure: @escaping @Sendable (any Error) -> Void = { _ in }
  ) {
    self.observers = observers
    self.furtherFailure = furtherFailure
  }

  /// Tells all; stops if any of them wants it.
  public func started(_ run: TrainingRun) throws -> RunDecision {
    try decision { try $0.started(run) }
  }

  /// Whether any of them asks for a pause.
  public func progressed(_ progress: EpochProgress) -> Bool {
    var pauses = false
    for observer in observers where observer.progressed(progress) { pauses = true }
    return pauses
  }

  /// Tells all; stops if any of them wants it.
  public func paused(_ run: TrainingRun) throws -> RunDecision {
    try decision { try $0.paused(run) }
  }

  /// Tells all; stops if any of them wants it.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try decision { try $0.finished(epoch, of: run) }
  }

  /// Tells all.
  public func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try tell { try $0.stopped(run, failure: failure) }
  }

  /// Tells all.
  public func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try tell { try $0.ended(run, after: last, ending: ending) }
  }

  private func decision(
    _ ask: (any TrainingObserver) throws -> RunDecision
  ) throws -> RunDecision {
    var result = RunDecision.goOn
    try tell { if try ask($0) == .stop { result = .stop } }
    return result
  }

  /// The first failure is thrown in the end.
  private func tell(_ body: (any TrainingObserver) throws -> Void) throws {
    var first: (any Error)?
    for observer in observers {
      do {
        try body(observer)
      } catch {
        if first == nil { first = error } else { furtherFailure(error) }
      }
    }
    if let first { throw first }
  }
}

/// Why a run ended.
public enum RunEnding: String, Sendable, Equatable, Codable {
  /// The last epoch or step is done.
  case completed
  /// The validation loss had not improved for as many epochs as asked.
  case earlyStopping = "early-stopping"
  /// The accuracy asked for was reached.
  case targetAccuracy = "target-accuracy"
  /// An observer asked for it; the run is not at its end.
  case stopped
}
