/// What a run tells while it goes on, and what it is told.
///
/// Workers call ``progressed(_:)`` while the main thread waits; the main thread calls the others
/// while no worker runs: never two at once.
public protocol TrainingObserver: Sendable {
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
  /// Asks for nothing.
  public func progressed(_ progress: EpochProgress) -> Bool { false }
  /// Goes on.
  public func paused(_ run: TrainingRun) throws -> RunDecision { .goOn }
  /// Goes on.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision { .goOn }
}

/// Tells several observers, in their order; every one is told, also after one wants an end or fails:
/// what the last ones keep of the run is not lost for a failure of the first.
public struct ObserverGroup: TrainingObserver {
  private let observers: [any TrainingObserver]

  /// Groups observers.
  ///
  /// - Parameter observers: The observers, in the order in which they are told.
  public init(observers: [any TrainingObserver]) {
    self.observers = observers
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

  /// The first failure is thrown in the end.
  private func decision(
    _ tell: (any TrainingObserver) throws -> RunDecision
  ) throws -> RunDecision {
    var result = RunDecision.goOn
    var failure: (any Error)?
    for observer in observers {
      do {
        if try tell(observer) == .stop { result = .stop }
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return result
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
