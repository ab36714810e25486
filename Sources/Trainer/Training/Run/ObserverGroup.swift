/// Forwards each event to several observers, in their order.
///
/// Every observer receives the event, even after another one stopped the run or failed. So a
/// failure of one observer does not keep the others from writing their files. Only the start ends
/// at the first failure: a run that cannot start must not replace further files.
public struct ObserverGroup: TrainingObserver {
  private let observers: [any TrainingObserver]
  private let furtherFailure: @Sendable (any Error) -> Void

  /// Groups observers.
  ///
  /// - Parameters:
  ///   - observers: The observers, in the order in which they are called.
  ///   - furtherFailure: Called for each failure of an event after the first; the first is thrown.
  public init(
    observers: [any TrainingObserver],
    furtherFailure: @escaping @Sendable (any Error) -> Void = { _ in }
  ) {
    self.observers = observers
    self.furtherFailure = furtherFailure
  }

  /// Forwards the event until an observer fails; stops the run if any observer does.
  ///
  /// - Throws: The failure.
  public func started(_ run: TrainingRun) throws -> RunDecision {
    var decision = RunDecision.proceed
    for observer in observers where try observer.started(run) == .stop { decision = .stop }
    return decision
  }

  /// Forwards the event; requests a pause if any observer does.
  public func progressed(_ progress: EpochProgress) -> Bool {
    var pauses = false
    for observer in observers where observer.progressed(progress) { pauses = true }
    return pauses
  }

  /// Forwards the event; stops the run if any observer does.
  ///
  /// - Throws: The first failure.
  public func paused(_ run: TrainingRun) throws -> RunDecision {
    try decision { try $0.paused(run) }
  }

  /// Forwards the event; stops the run if any observer does.
  ///
  /// - Throws: The first failure.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision {
    try decision { try $0.finished(epoch, of: run) }
  }

  /// Forwards the event.
  ///
  /// - Throws: The first failure.
  public func stopped(_ run: TrainingRun, failure: (any Error)?) throws {
    try tell { try $0.stopped(run, failure: failure) }
  }

  /// Forwards the event.
  ///
  /// - Throws: The first failure.
  public func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {
    try tell { try $0.ended(run, after: last, ending: ending) }
  }

  private func decision(
    _ ask: (any TrainingObserver) throws -> RunDecision
  ) throws -> RunDecision {
    var result = RunDecision.proceed
    try tell { if try ask($0) == .stop { result = .stop } }
    return result
  }

  /// Calls every observer, then throws the first failure.
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
