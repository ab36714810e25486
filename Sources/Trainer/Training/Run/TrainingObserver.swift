/// Receives the events of a training run, and may pause or stop the run.
///
/// Each observer receives ``started(_:)`` once, and at the end either ``stopped(_:failure:)`` or
/// ``ended(_:after:ending:)`` once. A worker calls ``progressed(_:)`` while the main thread waits.
/// The main thread calls the other methods while no worker runs. So no two calls overlap.
public protocol TrainingObserver: Sendable {
  /// Called before the first step, even if the run is already at its end.
  ///
  /// - Parameter run: The run, at the position where it starts or resumes.
  /// - Returns: Whether the run continues.
  /// - Throws: An error that ends the run.
  func started(_ run: TrainingRun) throws -> RunDecision
  /// Called by a worker after each step, while the other workers wait.
  ///
  /// The method must return quickly.
  ///
  /// - Parameter progress: The progress of the current epoch.
  /// - Returns: Whether ``paused(_:)`` must be called before the next step.
  func progressed(_ progress: EpochProgress) -> Bool
  /// Called between two steps, if any observer requested it.
  ///
  /// - Parameter run: The run.
  /// - Returns: Whether the run continues.
  /// - Throws: An error that ends the run.
  func paused(_ run: TrainingRun) throws -> RunDecision
  /// Called after an epoch's evaluation.
  ///
  /// - Parameters:
  ///   - epoch: The metrics of the epoch.
  ///   - run: The run.
  /// - Returns: Whether the run continues.
  /// - Throws: An error that ends the run.
  func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision
  /// Called if the run stops before its end, because an observer requested it or because of an
  /// error.
  ///
  /// - Parameters:
  ///   - run: The run, between two steps.
  ///   - failure: The error, which may have occurred in this process only; nil if an observer
  ///     requested the stop.
  /// - Throws: An error that ``TrainingRun/train(observers:)`` throws; ignored if `failure` is not
  ///   nil.
  func stopped(_ run: TrainingRun, failure: (any Error)?) throws
  /// Called when the run is at its end.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - last: The metrics of its last epoch.
  ///   - ending: The reason why it ended.
  /// - Throws: An error that ``TrainingRun/train(observers:)`` throws, although training is
  ///   complete.
  func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws
}

/// Whether a run continues.
public enum RunDecision: Sendable, Equatable {
  /// Continue with the next step.
  case proceed
  /// Stop at this position; the run can be resumed later.
  case stop
}

/// Default implementations, so that an observer implements only the events that it needs.
extension TrainingObserver {
  /// The default implementation lets the run continue.
  public func started(_ run: TrainingRun) throws -> RunDecision { .proceed }
  /// The default implementation requests no pause.
  public func progressed(_ progress: EpochProgress) -> Bool { false }
  /// The default implementation lets the run continue.
  public func paused(_ run: TrainingRun) throws -> RunDecision { .proceed }
  /// The default implementation lets the run continue.
  public func finished(_ epoch: EpochRecord, of run: TrainingRun) throws -> RunDecision { .proceed }
  /// The default implementation ignores the event.
  public func stopped(_ run: TrainingRun, failure: (any Error)?) throws {}
  /// The default implementation ignores the event.
  public func ended(_ run: TrainingRun, after last: EpochRecord, ending: RunEnding) throws {}
}

/// The reason why a run ended.
public enum RunEnding: String, Sendable, Equatable, Codable {
  /// The last epoch or step is done.
  case completed
  /// The best epoch is at least the configured number of epochs ago.
  case earlyStopping = "early-stopping"
  /// An epoch reached the target accuracy.
  case targetAccuracy = "target-accuracy"
  /// An observer stopped the run before its end.
  case stopped
}
