import Foundation
import Testing

@testable import Model
@testable import Parallel

@Suite("The exponential function")
struct ExponentialTests {
  @Test("is Foundation's within two units in the last place")
  func accuracy() {
    var stream = RandomStream(seed: 2, purpose: .initialization)
    let wide = (0..<40_000).map { _ in -707 + stream.nextUnitInterval() * 1416.78 }
    let near = (0..<20_000).map { _ in stream.nextUnitInterval() - 0.5 }
    var worst = 0.0
    for x in wide + near + [1, -1, 0.5 * 0.693147180559945, 709.78, -706.999, 1e-300] {
      let expected = exp(x)
      worst = max(worst, abs(exponential(x) - expected) / expected.ulp)
    }
    #expect(worst <= 2)
  }

  @Test("is one at zero, ends in zero and infinity, and stays no number")
  func edges() {
    #expect(exponential(0) == 1)
    #expect(exponential(-0.0) == 1)
    #expect(exponential(-707) == 0)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(709.79) == .infinity)
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(.nan).isNaN)
  }
}
