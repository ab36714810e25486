import Testing

@testable import Model

@Suite("Start values")
struct InitializerTests {
  static func values(
    _ start: Initializer, count: Int, seed: UInt64 = 3, number: UInt32 = 0
  ) -> [Float] {
    var values = [Float](repeating: .nan, count: count)
    values.withUnsafeMutableBufferPointer { start.fill($0, seed: seed, number: number) }
    return values
  }

  static func moment(_ values: [Float], _ exponent: Int) -> Double {
    values.reduce(0) { $0 + power(Double($1), exponent) } / Double(values.count)
  }

  @Test("He's are normal with variance 2 / fanIn", arguments: [1, 50, 784])
  func he(fanIn: Int) {
    let count = 50_000
    let values = Self.values(.he(fanIn: fanIn), count: count)
    let variance = 2 / Double(fanIn)
    let sigmas = 4 / Double(count).squareRoot()
    #expect(abs(Self.moment(values, 1)) < sigmas * variance.squareRoot())
    #expect(abs(Self.moment(values, 2) / variance - 1) < sigmas * 2.0.squareRoot())
    // A normal variable's fourth moment is 3, with a variance of 96.
    #expect(abs(Self.moment(values, 4) / (variance * variance) - 3) < sigmas * 96.0.squareRoot())
  }

  @Test("Xavier's are uniform in plus and minus the root of 6 / (fanIn + fanOut)")
  func xavier() {
    let count = 50_000
    let values = Self.values(.xavier(fanIn: 256, fanOut: 10), count: count)
    let bound = (6.0 / 266).squareRoot()
    let greatest = values.reduce(0) { max($0, abs($1)) }
    #expect(Double(greatest) <= bound && Double(greatest) > 0.999 * bound)
    let sigmas = 4 / Double(count).squareRoot()
    #expect(abs(Self.moment(values, 1)) < sigmas * bound / 3.0.squareRoot())
    // The square of a uniform variable has mean 1/3 and variance 4/45.
    #expect(
      abs(Self.moment(values, 2) / (bound * bound) - 1.0 / 3) < sigmas * (4.0 / 45).squareRoot())
  }

  @Test("zeros are zero and ones are one")
  func constants() {
    #expect(Self.values(.zeros, count: 5) == [0, 0, 0, 0, 0])
    #expect(Self.values(.ones, count: 5) == [1, 1, 1, 1, 1])
  }

  @Test("the same seed and tensor give the same values; another of either gives others")
  func streams() {
    for start in [Initializer.he(fanIn: 9), .xavier(fanIn: 9, fanOut: 9)] {
      let values = Self.values(start, count: 100, seed: 1, number: 4)
      #expect(Self.values(start, count: 100, seed: 1, number: 4) == values)
      let others = [
        Self.values(start, count: 100, seed: 2, number: 4),
        Self.values(start, count: 100, seed: 1, number: 5),
      ]
      for other in others { #expect(zip(values, other).allSatisfy { $0 != $1 }) }
    }
  }
}
