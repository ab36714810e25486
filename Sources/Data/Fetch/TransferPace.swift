/// Whether a transfer that goes on is within the limits of time and rate.
struct TransferPace {
  private let limits: DownloadLimits
  private let start: ContinuousClock.Instant
  private var window: (start: ContinuousClock.Instant, byteCount: Int)

  init(limits: DownloadLimits) {
    self.limits = limits
    start = .now
    window = (start, 0)
  }

  /// Looks at the clock.
  ///
  /// - Parameter byteCount: The bytes that were received since the start.
  /// - Returns: What was found and expected if a limit is exceeded.
  mutating func problem(byteCount: Int) -> String? {
    let now = ContinuousClock.now
    if now - start >= .seconds(limits.seconds) {
      return "found \(byteCount) bytes in \(limits.seconds) s, expected the whole file"
    }
    if now - window.start < .seconds(limits.window) { return nil }
    let received = byteCount - window.byteCount
    let least = limits.leastRate * limits.window
    guard Double(received) >= least else {
      return "found \(received) bytes in \(limits.window) s, expected at least \(Int(least)): "
        + "the server is too slow, or sends nothing"
    }
    window = (now, byteCount)
    return nil
  }
}
