/// Decides when a file that shows the progress of a run is written again.
///
/// That is after each epoch, and within an epoch after a fixed time. But no more than 1 % of the
/// time is spent on writing: if it is slow, updates are less frequent.
struct UpdateClock: Sendable {
  /// The largest share of time that is spent on writing.
  static let largestShare = 0.01

  /// The seconds between two updates within an epoch, if writing is fast enough; 0 for an update
  /// whenever it is possible, whatever it costs.
  let interval: Double
  private var last: ContinuousClock.Instant?
  private var cost = 0.0

  /// Creates a clock for a file that was not written yet.
  ///
  /// - Parameter interval: The seconds between two updates within an epoch.
  init(interval: Double) {
    self.interval = interval
  }

  /// The seconds between two updates within an epoch.
  var expectedInterval: Double { max(interval, leastInterval) }

  private var leastInterval: Double { interval == 0 ? 0 : cost / Self.largestShare }

  /// Whether the file is to be written within an epoch.
  ///
  /// - Parameter now: The time.
  /// - Returns: Whether it is.
  func isDueWithinEpoch(at now: ContinuousClock.Instant = .now) -> Bool {
    last.map { (now - $0) / .seconds(1) >= expectedInterval } ?? true
  }

  /// Whether the file is to be written after an epoch.
  ///
  /// - Parameter now: The time.
  /// - Returns: Whether it is.
  func isDueAfterEpoch(at now: ContinuousClock.Instant = .now) -> Bool {
    last.map { (now - $0) / .seconds(1) >= leastInterval } ?? true
  }

  /// Counts an update, successful or not.
  ///
  /// - Parameters:
  ///   - start: When it began.
  ///   - end: When it was over.
  mutating func updated(from start: ContinuousClock.Instant, to end: ContinuousClock.Instant = .now)
  {
    last = end
    cost = (end - start) / .seconds(1)
  }
}
