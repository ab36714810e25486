import Testing

@testable import Parallel
@testable import TensorBoard

@Suite("A histogram of values")
struct ValueHistogramTests {
  private static let buckets = HistogramBuckets.standard

  /// Values of every size and sign, and the neighbors of every limit.
  private static let values: [Float] = {
    var stream = RandomStream(seed: 5, purpose: .initialization, layer: 998)
    let random = (0..<20_000).map { _ in Float(bitPattern: stream.next()) }
    let edges = buckets.limits.map { Float($0) }.flatMap { [$0.nextDown, $0, $0.nextUp] }
    let special: [Float] = [
      0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
    ]
    return (random + edges + special).filter(\.isFinite)
  }()

  @Test("every value is in the bucket that a search through all limits finds")
  func search() {
    let limits = Self.buckets.limits
    for value in Self.values {
      #expect(Self.buckets.index(of: value) == limits.firstIndex { Double(value) < $0 })
    }
  }

  @Test("limits ascend by a factor of 1.1 on both sides of 0")
  func limits() {
    let limits = Self.buckets.limits
    #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 < $1 })
    #expect(limits.map { -$0 }.reversed() == limits)
    let positive = limits.drop { $0 <= 0 }.dropLast()
    #expect(positive.first == 1e-12)
    #expect(zip(positive, positive.dropFirst()).allSatisfy { abs($1 / $0 - 1.1) < 1e-12 })
    #expect((positive.last.map { $0 < 1e20 && $0 * 1.1 >= 1e20 }) == true)
  }

  @Test("its sums, extremes and counts are those of the values")
  func figures() {
    let values: [Float] = [0.5, -2, 0, 3, 3, 0.5]
    let histogram = ValueHistogram(values)
    #expect(histogram.count == 6)
    #expect(histogram.nonFiniteCount == 0)
    #expect(histogram.minimum == -2)
    #expect(histogram.maximum == 3)
    #expect(histogram.sum == 5)
    #expect(histogram.sumOfSquares == 22.5)
    #expect(histogram.bucketCounts.filter { $0 > 0 } == [1, 1, 2, 2])
  }

  @Test("a figure starts and ends with filled buckets, and has empty ones between as one")
  func figure() {
    let figure = ValueHistogram([-2, 0, 3, 3]).figure
    #expect(figure.bucketCounts == [1, 0, 1, 0, 2])
    let ends = figure.bucketLimits
    #expect(ends.count == 5)
    #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 })
    #expect(-2 < ends[0] && ends[0] <= -2 / 1.1)
    for (index, value) in [(2, 0.0), (4, 3.0)] {
      #expect(ends[index - 1] <= value && value < ends[index])
      // No wider than the buckets are.
      #expect(ends[index] - ends[index - 1] <= max(1e-12, value * 0.11))
    }
    #expect(figure.count == 4)
    #expect(figure.minimum == -2)
    #expect(figure.maximum == 3)
  }

  @Test("values that are not finite are counted, and in nothing else")
  func nonFinite() {
    let histogram = ValueHistogram([.nan, 1, .infinity, -.infinity, 2, .signalingNaN])
    #expect(histogram.nonFiniteCount == 4)
    #expect(histogram.count == 2)
    #expect(histogram.minimum == 1)
    #expect(histogram.maximum == 2)
    #expect(histogram.sum == 3)
    #expect(histogram.bucketCounts.reduce(0, +) == 2)
  }

  @Test(
    "of no finite value is empty",
    arguments: [[], [.nan], [.infinity, -.infinity]] as [[Float]])
  func empty(values: [Float]) {
    #expect(ValueHistogram(values).figure == HistogramFigure())
  }

  @Test("sums of the largest numbers do not overflow")
  func largest() {
    let histogram = ValueHistogram([Float](repeating: .greatestFiniteMagnitude, count: 1000))
    #expect(histogram.sum.isFinite && histogram.sumOfSquares.isFinite)
    #expect(histogram.bucketCounts.last == 1000)
    #expect(histogram.figure.bucketCounts == [1000])
  }
}
