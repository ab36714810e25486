import Foundation
import Testing

@testable import Model
@testable import Parallel

@Suite("Mathematics that is the same on every machine")
struct DeterministicMathTests {
  /// Positive numbers of all sizes, and many near 1.
  static let numbers: [Double] = {
    var stream = RandomStream(seed: 1, purpose: .initialization)
    let wide = (0..<20_000).map { _ in
      Double(
        sign: .plus, exponent: Int(stream.next(below: 2_040)) - 1_020,
        significand: 1 + stream.nextUnitInterval())
    }
    let near = (0..<20_000).map { _ in 0.5 + stream.nextUnitInterval() }
    let sums = (1...256).map(Double.init)
    let edges: [Double] = [
      1 + .ulpOfOne, 1 - .ulpOfOne / 2, 2.0.squareRoot(), 0.5.squareRoot(), .leastNormalMagnitude,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    return wide + near + sums + edges
  }()

  @Test("the logarithm is Foundation's within two units in the last place")
  func logarithm() {
    var worst = 0.0
    for x in Self.numbers {
      let expected = log(x)
      worst = max(worst, abs(naturalLogarithm(x) - expected) / expected.ulp)
    }
    #expect(worst <= 2)
  }

  @Test("the logarithm of one is zero, and of what has none, what IEEE 754 says")
  func logarithmOfEdges() {
    #expect(naturalLogarithm(1) == 0)
    #expect(naturalLogarithm(0) == -.infinity)
    #expect(naturalLogarithm(-0.0) == -.infinity)
    #expect(naturalLogarithm(.infinity) == .infinity)
    #expect(naturalLogarithm(-1).isNaN)
    #expect(naturalLogarithm(-.infinity).isNaN)
    #expect(naturalLogarithm(.nan).isNaN)
  }

  @Test("the cosine is Foundation's, within two units in the last place")
  func cosine() {
    var stream = RandomStream(seed: 3, purpose: .initialization)
    let turns =
      (0..<20_000).map { _ in stream.nextUnitInterval() }
      + (0...1_000).map { Double($0) / 1_000 }
      + [0x1p-30, 0.5 - 0x1p-40, 0.5 + 0x1p-40, 0.25.nextUp, 0.25.nextDown]
    var worst = 0.0
    for x in turns {
      // By what is exact: 1/2 - x and 1 - x are, and a small angle has a small rounding.
      let expected =
        abs(x - 0.5) < 0.25
        ? sin((0.5 - x) * Double.pi) : (x < 0.5 ? cos(x * Double.pi) : -cos((1 - x) * Double.pi))
      let found = cosineOfHalfTurns(x)
      worst = max(worst, abs(found - expected) / max(expected.ulp, .leastNormalMagnitude))
      #expect(cosineOfHalfTurns(-x) == found)
      #expect(abs(cosineOfHalfTurns(x + 4) - found) < 1e-14)
    }
    #expect(worst <= 2)
  }

  @Test("the cosine of quarter turns is exact, and of what has none, not a number")
  func cosineOfEdges() {
    for turn in -8...8 {
      #expect(cosineOfHalfTurns(Double(turn)) == (turn.isMultiple(of: 2) ? 1 : -1))
      #expect(cosineOfHalfTurns(Double(turn) + 0.5) == 0)
    }
    #expect(cosineOfHalfTurns(0x1p60) == 1)
    #expect(abs(cosineOfHalfTurns(1.0 / 3) - 0.5) < 1e-15)
    #expect(cosineOfHalfTurns(.infinity).isNaN)
    #expect(cosineOfHalfTurns(.nan).isNaN)
  }

  @Test("a power is Foundation's, within a rounding a factor", arguments: [0.9, 0.999, 0.99, 1.5])
  func powers(base: Double) {
    for exponent in [0, 1, 2, 3, 10, 117, 1_000, 1_180] {
      let expected = pow(base, Double(exponent))
      let allowed = Double(exponent + 1) * 0x1p-52
      #expect(abs(power(base, exponent) / expected - 1) <= allowed, "\(base)^\(exponent)")
    }
  }

  @Test("a power's edges: nothing to the zeroth is one, and a tiny power is zero")
  func powerOfEdges() {
    #expect(power(0, 0) == 1)
    #expect(power(0, 5) == 0)
    #expect(power(-2, 3) == -8)
    #expect(power(0.9, 1_000_000) == 0)
  }

  @Test("the normal quantile inverts the distribution, tails included")
  func quantile() {
    var stream = RandomStream(seed: 2, purpose: .initialization)
    let central = (0..<10_000).map { _ in stream.nextUnitInterval() }
    let tails = (1...300).map { power(0.1, $0) } + [0x1p-53, 0.075, 0.07499, 0.425, 0.5]
    for probability in central + tails {
      let x = normalQuantile(probability)
      let back = 0.5 * erfc(-x / 2.0.squareRoot())
      // A rounding of x moves the probability by its density, in the tails by x squared as much.
      let allowed = 1e-15 * (4 + x * x)
      #expect(abs(back / probability - 1) <= allowed, "\(probability)")
    }
  }

  @Test("the normal quantile is odd about one half, and known at known places")
  func quantileSymmetry() {
    #expect(normalQuantile(0.5) == 0)
    #expect(abs(normalQuantile(0.975) - 1.959_963_984_540_054) < 1e-15)
    for probability in [0.25, 0.125, 0.031_25, 0x1p-20, 0x1p-50] {
      #expect(normalQuantile(probability) == -normalQuantile(1 - probability))
    }
    #expect(normalQuantile(1 - 0x1p-53) == -normalQuantile(0x1p-53))
  }
}
