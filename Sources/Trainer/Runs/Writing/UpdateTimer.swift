import Synchronization
import Training

/// Tells the observer of a run when to write its file again; see ``UpdateClock``.
final class UpdateTimer: Sendable {
  /// The usual number of seconds between two updates within an epoch.
  static let interval = 5.0

  private let clock: Mutex<UpdateClock>

  /// Creates a timer for a file that was not written yet.
  ///
  /// - Parameter interval: The seconds between two updates within an epoch.
  init(interval: Double) {
    clock = Mutex(UpdateClock(interval: interval))
  }

  /// The seconds until the next update within an epoch.
  var expectedInterval: Double { clock.withLock { $0.expectedInterval } }

  /// Whether the run has to pause for an update.
  ///
  /// The last step of an epoch needs none: the metrics of the epoch follow.
  ///
  /// - Parameter progress: The progress of the epoch.
  /// - Returns: Whether it has to.
  func needsPause(at progress: EpochProgress) -> Bool {
    progress.stepInEpoch < progress.stepsPerEpoch && isDueWithinEpoch
  }

  /// Whether the file is to be written within an epoch.
  var isDueWithinEpoch: Bool { clock.withLock { $0.isDueWithinEpoch() } }

  /// Whether the file is to be written after an epoch.
  var isDueAfterEpoch: Bool { clock.withLock { $0.isDueAfterEpoch() } }

  /// Updates the file, and counts the time that it takes.
  ///
  /// - Parameter update: Writes the file.
  /// - Throws: What `update` throws; the time is counted then too.
  func measure(_ update: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    defer { clock.withLock { $0.updated(from: start) } }
    try update()
  }
}
