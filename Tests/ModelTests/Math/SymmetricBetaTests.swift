import Testing

@testable import Model
@testable import Parallel

@Suite("Numbers of Beta(a, a)")
struct SymmetricBetaTests {
  private static let count = 40_000

  private static func numbers(_ shape: Double, seed: UInt64 = 3) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: .augmentation)
    let beta = SymmetricBeta(shape: shape)
    return (0..<count).map { _ in beta.draw(from: &stream) }
  }

  @Test(
    "have the moments of the formula, within five standard errors",
    arguments: [0.05, 0.2, 0.5, 1, 2, 7.5, 100])
  func moments(shape: Double) {
    // The mean of x^k is the product of (a + r) / (2a + r) for r from 0 to k - 1.
    func moment(_ power: Int) -> Double {
      (0..<power).reduce(1) { $0 * (shape + Double($1)) / (2 * shape + Double($1)) }
    }
    let numbers = Self.numbers(shape)
    #expect(numbers.allSatisfy { (0...1).contains($0) })
    for k in 1...4 {
      let mean = numbers.reduce(0) { $0 + power($1, k) } / Double(Self.count)
      let variance = moment(2 * k) - moment(k) * moment(k)
      let error = (variance / Double(Self.count)).squareRoot()
      #expect(abs(mean - moment(k)) < 5 * error, "moment \(k)")
    }
  }

  /// The probability of less than x, by Simpson's rule.
  ///
  /// With u = t^a, the integral of (t (1 - t))^(a - 1) is that of (1 - t)^(a - 1) / a, which has no
  /// pole at 0.
  private static func probability(_ x: Double, _ shape: Double) -> Double {
    func raised(_ base: Double, _ exponent: Double) -> Double {
      base == 0 ? 0 : exponential(exponent * naturalLogarithm(base))
    }
    func integral(to end: Double) -> Double {
      let (top, steps) = (raised(end, shape), 2_000)
      let sum = (0...steps).reduce(0.0) { sum, step in
        let t = raised(top * Double(step) / Double(steps), 1 / shape)
        let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
        return sum + weight * raised(1 - t, shape - 1)
      }
      return sum * top / (3 * Double(steps))
    }
    return x <= 0.5
      ? integral(to: x) / (2 * integral(to: 0.5)) : 1 - probability(1 - x, shape)
  }

  @Test("have its distribution", arguments: [0.1, 0.2, 0.4, 1, 2, 5])
  func distribution(shape: Double) {
    #expect(abs(Self.probability(0.25, 1) - 0.25) < 1e-6)
    let numbers = Self.numbers(shape).sorted()
    for x in stride(from: 0.01, to: 1, by: 0.01) {
      let share = Double(numbers.partitioningIndex { $0 >= x }) / Double(Self.count)
      // Kolmogorov's bound of a probability of 1e-6: sqrt(log(2e6) / 2 / 40000).
      #expect(abs(share - Self.probability(x, shape)) < 0.0135, "at \(x)")
    }
  }

  @Test("are 0 or 1, each half of the time, for the smallest a, and near 1/2 for a large one")
  func extremes() {
    let numbers = Self.numbers(.leastNonzeroMagnitude)
    #expect(numbers.allSatisfy { abs($0 - $0.rounded()) < 1e-15 })
    // Five standard deviations: 5 sqrt(10000).
    #expect((19_500...20_500).contains(numbers.count { $0 > 0.5 }))
    #expect(Self.numbers(1e12).allSatisfy { abs($0 - 0.5) < 1e-5 })
  }

  @Test("are the same for the same seed, two words of 52 bits each")
  func seeds() {
    #expect(Self.numbers(0.4) == Self.numbers(0.4))
    #expect(Self.numbers(0.4) != Self.numbers(0.4, seed: 4))
    var stream = RandomStream(seed: 3, purpose: .augmentation)
    var other = stream
    _ = SymmetricBeta(shape: 0.2).draw(from: &stream)
    for _ in 0..<4 { _ = other.next() }
    #expect(stream.next() == other.next())
  }
}

extension Array<Double> {
  /// The index of the first element of a sorted array that meets a condition.
  fileprivate func partitioningIndex(_ isAfter: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
