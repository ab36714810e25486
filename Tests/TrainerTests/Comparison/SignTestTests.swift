import Testing

@testable import Runs

@Suite("The sign test")
struct SignTestTests {
  /// Values of whole-number arithmetic: twice the sum of binomial coefficients, divided by 2^n.
  @Test(
    "has the exact p-value, also of large counts",
    arguments: [
      (0, 0, 1), (0, 1, 1), (1, 2, 1), (0, 5, 0.0625), (0, 6, 0.03125), (1, 10, 0.021484375),
      (5, 20, 0.04138946533203125), (9, 20, 0.8238029479980469), (10, 20, 1),
      (86, 236, 3.715936139571442e-05), (59, 180, 4.434449263755176e-06),
      (4850, 10_000, 0.0027879675177127188), (4000, 10_000, 1.7404316412268784e-89),
      (4999, 10_000, 0.9920213538606178), (5000, 10_000, 1),
      (0, 1000, 0x1p-999),
    ] as [(Int, Int, Double)])
  func exact(part: Int, count: Int, expected: Double) {
    let p = SignTest.p(part, of: count)
    #expect(abs(p / expected - 1) < 1e-11, "\(p)")
    #expect(SignTest.p(count - part, of: count) == p)
  }

  @Test("is 0 only below the smallest number, and never above 1")
  func ends() {
    #expect(SignTest.p(0, of: 1_070) > 0)
    #expect(SignTest.p(0, of: 10_000) == 0)
    #expect(SignTest.p(500_000, of: 1_000_000) == 1)
    // Twice the normal tail beyond 1.999 deviations is 0.0456.
    #expect(abs(SignTest.p(499_000, of: 1_000_000) - 0.045608) < 1e-6)
  }

  @Test("falls with the unevenness, and its values for all divisions are those of a distribution")
  func monotone() {
    for count in 1...40 {
      let values = (0...count / 2).map { SignTest.p($0, of: count) }
      for (smaller, larger) in zip(values, values.dropFirst()) { #expect(smaller < larger) }
      #expect(abs((values.last ?? 0) - 1) < 1e-12)
      #expect(SignTest.smallestP(of: count) == values[0])
      // P(p <= a) <= a for each a that is reached.
      var choose = 1.0
      var tail = 0.0
      for part in 0..<(count + 1) / 2 {
        tail += 2 * choose
        choose *= Double(count - part) / Double(part + 1)
        #expect(abs(tail / Double(1 << count) / values[part] - 1) < 1e-12)
      }
    }
  }
}
