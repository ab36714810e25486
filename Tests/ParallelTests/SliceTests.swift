import Testing

@testable import Parallel

@Suite("Slices of a count")
struct SliceTests {
  @Test("slices cover everything once, in order", arguments: [1, 16])
  func slicesCover(alignment: Int) {
    for parts in 1...17 {
      for count in 0...100 {
        let slices = (0..<parts).map { slice($0, of: parts, count: count, alignment: alignment) }
        #expect(slices.flatMap(Array.init) == Array(0..<count))
      }
    }
  }

  @Test("slices start at multiples of the alignment and differ by at most one block")
  func slicesAreEven() {
    for parts in 1...17 {
      for count in [16, 160, 512, 1_600] {
        let slices = (0..<parts).map { slice($0, of: parts, count: count, alignment: 16) }
        let sizes = slices.map(\.count).sorted()
        #expect(slices.allSatisfy { $0.lowerBound % 16 == 0 })
        #expect(sizes[parts - 1] - sizes[0] <= 16)
      }
    }
  }
}
