@testable import Model
@testable import Parallel

/// Numbers for tests, the same in every run.
struct RandomValues {
  private var stream: RandomStream

  init(_ seed: UInt64) {
    stream = RandomStream(seed: seed, purpose: .initialization)
  }

  /// Normal variables.
  mutating func normal(_ count: Int, mean: Double = 0, deviation: Double = 1) -> [Float] {
    (0..<count).map { _ in
      Float(mean + deviation * normalQuantile(stream.nextUnitInterval()))
    }
  }

  /// Uniform variables.
  mutating func uniform(_ count: Int, in range: ClosedRange<Double>) -> [Float] {
    (0..<count).map { _ in
      Float(range.lowerBound + (range.upperBound - range.lowerBound) * stream.nextUnitInterval())
    }
  }

  /// Uniform integers below a bound.
  mutating func integers(_ count: Int, below bound: UInt32) -> [UInt32] {
    (0..<count).map { _ in stream.next(below: bound) }
  }
}
