import Testing

@testable import Runs

@Suite("A summary of values")
struct SampleSummaryTests {
  @Test("has the mean, the deviation with n - 1, and the range")
  func figures() throws {
    // Sum of squares about the mean: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32.
    let summary = try #require(SampleSummary([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(summary.count == 8 && summary.mean == 5)
    #expect(summary.minimum == 2 && summary.maximum == 9)
    let deviation = try #require(summary.standardDeviation)
    #expect(abs(deviation - (32.0 / 7).squareRoot()) < 1e-15)
  }

  @Test("of accuracies near 1 does not cancel")
  func cancellation() throws {
    let summary = try #require(SampleSummary([1 - 1e-9, 1 - 2e-9, 1 - 3e-9]))
    let deviation = try #require(summary.standardDeviation)
    #expect(abs(deviation / 1e-9 - 1) < 1e-6)
  }

  @Test("of very large values has a mean, and no deviation that is not finite")
  func large() throws {
    let summary = try #require(SampleSummary([1e300, 0.5]))
    #expect(summary.mean == 5e299 && summary.standardDeviation == nil)
    let largest = try #require(SampleSummary([1.5e308, 1.5e308]))
    #expect(largest.mean == 1.5e308)
  }

  @Test("of one value has no deviation, of equal values a zero one; of no values there is none")
  func few() {
    #expect(SampleSummary([]) == nil)
    #expect(SampleSummary([0.5])?.standardDeviation == nil)
    #expect(SampleSummary([0.5])?.mean == 0.5)
    #expect(SampleSummary([0.5, 0.5, 0.5])?.standardDeviation == 0)
  }
}
