import Testing

@testable import Runs

@Suite("McNemar's test")
struct McNemarTestTests {
  /// Predictions with these counts.
  private func test(_ both: Int, _ first: Int, _ second: Int, _ none: Int) -> McNemarTest {
    func repeated(_ isCorrect: Bool, _ count: Int) -> [Bool] {
      [Bool](repeating: isCorrect, count: count)
    }
    return McNemarTest(
      repeated(true, both + first) + repeated(false, second + none),
      repeated(true, both) + repeated(false, first) + repeated(true, second)
        + repeated(false, none))
  }

  @Test("counts the samples of each kind")
  func counts() {
    let test = McNemarTest(
      [true, true, true, false, false, false, true], [true, false, false, true, false, false, true])
    #expect(test.bothCorrect == 2 && test.onlyFirst == 2)
    #expect(test.onlySecond == 1 && test.bothWrong == 2)
    #expect(test.discordant == 3)
  }

  // Agresti's "Categorical Data Analysis" has this table of ratings of a prime minister; R's
  // exact2x2 gives 3.716e-05 for it. The second table is that of statsmodels' documentation, with
  // 4.434e-06.
  @Test(
    "has the exact p-values of the literature",
    arguments: [(794, 150, 86, 570, 3.716e-05), (101, 121, 59, 33, 4.434e-06)]
      as [(Int, Int, Int, Int, Double)])
  func literature(both: Int, first: Int, second: Int, none: Int, expected: Double) {
    let p = test(both, first, second, none).p
    #expect(abs(p / expected - 1) < 2e-4, "\(p)")
    #expect(test(both, second, first, none).p == p)
    // What both models classify alike says nothing.
    #expect(test(0, first, second, 0).p == p)
  }

  @Test("finds no difference of equal models, and none in too few samples")
  func equal() {
    #expect(test(9_000, 0, 0, 1_000).p == 1)
    #expect(test(9_000, 0, 0, 1_000).smallestP == 1)
    #expect(test(9_000, 7, 7, 1_000).p == 1)
    #expect(test(10, 5, 0, 0).p == 0.0625 && test(10, 5, 0, 0).smallestP == 0.0625)
    #expect(test(10, 3, 3, 0).smallestP == 0.03125)
  }
}
