import Testing

@testable import Runs

@Suite("The clock of a file that shows progress")
struct UpdateClockTests {
  private let start = ContinuousClock.now

  private func time(_ seconds: Double) -> ContinuousClock.Instant {
    start.advanced(by: .seconds(seconds))
  }

  @Test("is due at first, after each epoch, and within an epoch after the interval")
  func interval() {
    var clock = UpdateClock(interval: 5)
    #expect(clock.isDueWithinEpoch(at: start) && clock.isDueAfterEpoch(at: start))
    clock.updated(from: start, to: time(0.001))
    #expect(clock.expectedInterval == 5)
    #expect(!clock.isDueWithinEpoch(at: time(4.9)) && clock.isDueWithinEpoch(at: time(5.1)))
    #expect(clock.isDueAfterEpoch(at: time(0.2)))
  }

  @Test("spends no more than 1 % of the time on slow files")
  func slow() {
    var clock = UpdateClock(interval: 5)
    clock.updated(from: start, to: time(0.2))
    #expect(abs(clock.expectedInterval - 20) < 1e-6)
    #expect(!clock.isDueAfterEpoch(at: time(20)) && clock.isDueAfterEpoch(at: time(20.3)))
    #expect(!clock.isDueWithinEpoch(at: time(20)) && clock.isDueWithinEpoch(at: time(20.3)))
    // A later, faster update counts.
    clock.updated(from: time(21), to: time(21.001))
    #expect(clock.expectedInterval == 5)
  }
}
