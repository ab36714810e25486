import TestSupport
import Testing

@testable import Parallel
@testable import Scaling

@Suite("Bootstrap")
struct BootstrapTests {
  @Test("the median of an even number of values is the mean of the two in the middle")
  func medians() {
    #expect(Bootstrap.median(of: [3, 1, 2]) == 2)
    #expect(Bootstrap.median(of: [4, 1, 3, 2]) == 2.5)
    #expect(Bootstrap.median(of: [7]) == 7)
  }

  @Test("fewer than three values have no interval", arguments: [1, 2])
  func few(_ count: Int) {
    let values = [Double](repeating: 5, count: count)
    #expect(Bootstrap.median(values) == Estimate(median: 5))
    #expect(Bootstrap.ratio(values, [1, 2, 3]) == Estimate(median: 2.5))
  }

  @Test("equal values have an interval of zero width")
  func constant() {
    let estimate = Bootstrap.median([2, 2, 2, 2, 2])
    #expect(estimate == Estimate(median: 2, low: 2, high: 2))
  }

  @Test("the same values have the same interval, whatever their order")
  func deterministic() {
    let values = [3.0, 1, 4, 1.5, 5, 9, 2.6]
    let others = [8.0, 2, 2.5, 7, 6]
    let estimate = Bootstrap.median(values)
    let ratio = Bootstrap.ratio(values, others)
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20 {
      let permuted = values.shuffled(using: &generator)
      #expect(Bootstrap.median(permuted) == estimate)
      #expect(Bootstrap.ratio(permuted, others.shuffled(using: &generator)) == ratio)
    }
    #expect(estimate.low.map { $0 >= 1 && $0 <= 3 } == true)
    #expect(estimate.high.map { $0 <= 9 && $0 >= 3 } == true)
  }

  @Test("95 % intervals contain the true median in about 95 % of experiments")
  func coverage() {
    var stream = RandomStream(seed: 3, purpose: .bootstrap)
    let trials = 400
    let hits = (0..<trials).count { _ in
      let values = (0..<15).map { _ in stream.nextUnitInterval() }
      let estimate = Bootstrap.median(values)
      return (estimate.low ?? 1) <= 0.5 && (estimate.high ?? 0) >= 0.5
    }
    // The percentile bootstrap of the median of 15 covers a little less or more.
    #expect((0.90...0.99).contains(Double(hits) / Double(trials)))
  }

  @Test("a drift that affects both sides of a paired ratio does not widen its interval")
  func paired() {
    let base = [100.0, 80, 120, 60, 90]
    let twice = base.map { 2 * $0 }
    #expect(Bootstrap.pairedRatio(twice, base) == Estimate(median: 2, low: 2, high: 2))
    let independent = Bootstrap.ratio(twice, base)
    #expect(independent.median == 2)
    #expect((independent.high ?? 2) - (independent.low ?? 2) > 0.5)
  }

  @Test("a tenth of the values are below the lowest decile, whatever the others are")
  func lowDecile() {
    #expect(Bootstrap.lowDecile(of: [7]) == 7)
    #expect(Bootstrap.lowDecile(of: [3, 2, 1]) == 1)
    var generator = SeededGenerator(seed: 1)
    let values = (1...100).map(Double.init).shuffled(using: &generator)
    #expect(Bootstrap.lowDecile(of: values) == 10)
    #expect(Bootstrap.lowDecile(of: values.map { $0 > 20 ? 1e9 : $0 }) == 10)
  }

  @Test("estimates are indistinguishable if their intervals overlap, or if one has no interval")
  func indistinguishable() {
    let low = Estimate(median: 1, low: 0.9, high: 1.1)
    #expect(low.isIndistinguishable(from: Estimate(median: 1.15, low: 1.1, high: 1.2)))
    #expect(!low.isIndistinguishable(from: Estimate(median: 1.3, low: 1.2, high: 1.4)))
    #expect(low.isIndistinguishable(from: Estimate(median: 9)))
  }
}
