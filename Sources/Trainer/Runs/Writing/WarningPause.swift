import Synchronization

/// Decides when the same warning is repeated.
final class WarningPause: Sendable {
  private struct Told {
    let text: String
    let time: ContinuousClock.Instant
  }

  private let pause: Duration
  private let told = Mutex<Told?>(nil)

  /// Creates it; no warning has been told yet.
  ///
  /// - Parameter pause: The time in which the same warning is told only once.
  init(_ pause: Duration = .seconds(60)) {
    self.pause = pause
  }

  /// Records a warning as told, if it differs from the one that was told last, or if that was told
  /// long ago.
  ///
  /// - Parameter text: What tells one warning from another.
  /// - Returns: Whether it was recorded, and so is to be told.
  @discardableResult
  func recordIfNew(_ text: String) -> Bool {
    let time = ContinuousClock.now
    return told.withLock { told in
      if let told, told.text == text, time - told.time < pause { return false }
      told = Told(text: text, time: time)
      return true
    }
  }
}
