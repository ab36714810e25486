import Synchronization

/// Limits how often a line on a terminal is drawn again, which is slow.
final class RedrawTimer: Sendable {
  private let next = Mutex(ContinuousClock.now)

  /// Whether the line is to be drawn; true at most ten times a second.
  func isDue() -> Bool {
    let now = ContinuousClock.now
    return next.withLock { due in
      guard now >= due else { return false }
      due = now + .milliseconds(100)
      return true
    }
  }
}
