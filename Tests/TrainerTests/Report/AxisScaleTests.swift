import Glibc
import Testing

@testable import Pages

@Suite("The scale of an axis")
struct AxisScaleTests {
  private static let ranges: [[Double]] = [
    [], [0], [0, 0], [5], [0.001], [1e-300], [2.3, 0.07, 0.31], [98.1, 98.15, 98.12], [100, 100],
    [99.97, 100], [0, 100], [1e-9, 3e-9], [120_345.6, 98_000], [3e12], [1e-7, 1], [7, 7.000_001],
    [.nan, 1, 2], [.infinity, 4],
  ]

  @Test(
    "covers all values, and has a few distinct marks at both ends and between",
    arguments: ranges, [AxisScale.Bounds.fromZero, .aboveZero, .percentage])
  func cover(values: [Double], bounds: AxisScale.Bounds) {
    let known = values.filter { $0.isFinite && (bounds != .percentage || $0 <= 100) }
    let scale = AxisScale(covering: known, bounds: bounds)
    for value in known {
      #expect((0...1).contains(scale.position(value)))
    }
    #expect(scale.ticks.first == scale.lower && scale.ticks.last == scale.upper)
    #expect((2...8).contains(scale.ticks.count))
    let labels = scale.ticks.map(scale.label)
    #expect(Set(labels).count == labels.count, "\(labels)")
    #expect(labels.allSatisfy { $0.count <= 9 }, "\(labels)")
    if bounds == .fromZero { #expect(scale.lower == 0) }
    if bounds == .percentage { #expect(scale.upper <= 100) }
  }

  @Test("has the marks that a person would choose")
  func marks() {
    func labels(_ values: [Double], _ bounds: AxisScale.Bounds) -> [String] {
      let scale = AxisScale(covering: values, bounds: bounds)
      return scale.ticks.map(scale.label)
    }
    #expect(labels([0.34, 0.07], .aboveZero) == ["0", "0.1", "0.2", "0.3", "0.4"])
    #expect(labels([92.3, 98.2], .percentage) == ["92", "94", "96", "98", "100"])
    #expect(labels([0.001], .fromZero) == ["0", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"])
    #expect(labels([103_000], .fromZero) == ["0", "50k", "100k", "150k"])
  }

  @Test(
    "of epochs has whole numbers in the range, and room around a single one",
    arguments: [1, 2, 3, 10, 11, 37, 200, 100_000])
  func epochs(last: Int) {
    let scale = AxisScale(numbers: 1, last)
    #expect(scale.ticks.allSatisfy { $0 == $0.rounded() && (1...Double(last)).contains($0) })
    #expect((1...11).contains(scale.ticks.count))
    #expect(scale.position(1) >= 0 && scale.position(Double(last)) <= 1)
    #expect(scale.upper > scale.lower)
    if last <= 10 { #expect(scale.ticks == (1...last).map(Double.init)) }
  }

  @Test(
    "of powers of two covers all values, its marks at equal distances",
    arguments: [[], [1], [1, 128], [0.3, 5], [1, 1e9], [3e-5, 7]])
  func powersOfTwo(values: [Double]) {
    let scale = AxisScale(covering: values, bounds: .powersOfTwo)
    for value in values { #expect((0...1).contains(scale.position(value))) }
    #expect(scale.ticks.first == scale.lower && scale.ticks.last == scale.upper)
    #expect((2...6).contains(scale.ticks.count))
    let distances = zip(scale.ticks, scale.ticks.dropFirst()).map { $1 / $0 }
    #expect(Set(distances).count == 1 && distances[0] == exp2(log2(distances[0]).rounded()))
    let places = scale.ticks.map(scale.position)
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Set(scale.ticks.map(scale.label)).count == scale.ticks.count)
  }

  @Test("of powers of two is labeled with the numbers")
  func powerLabels() {
    let scale = AxisScale(covering: [0.5, 16], bounds: .powersOfTwo)
    #expect(scale.ticks.map(scale.label) == ["0.5", "1", "2", "4", "8", "16"])
    #expect(scale.position(1) == 0.2 && scale.position(0) == 0)
  }

  @Test(
    "of powers of ten covers all values, its marks labeled with the numbers",
    arguments: [
      ([1e-6, 3], ["1e-06", "1e-05", "0.0001", "0.001", "0.01", "0.1", "1", "10"]),
      ([0.02, 0.03], ["0.01", "0.1"]), ([100], ["100", "1000"]),
    ])
  func powersOfTen(values: [Double], labels: [String]) {
    let scale = AxisScale(covering: values, bounds: .powersOfTen, parts: 8)
    for value in values { #expect((0...1).contains(scale.position(value))) }
    #expect(scale.ticks.map(scale.label) == labels)
    #expect(scale.position(scale.lower) == 0 && scale.position(scale.upper) == 1)
  }
}
