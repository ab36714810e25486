import Glibc
import Testing

@testable import Parallel

@Suite("Aligned memory")
struct AlignedBufferTests {
  @Test(
    "starts on a cache line, and where it is large on a huge page",
    arguments: [
      (0, 128), (1, 128), (33, 128), (1 << 19, 1 << 21), ((1 << 19) + 1, 1 << 21),
    ])
  func alignment(count: Int, alignment: UInt) {
    let buffer = AlignedBuffer<Float>(count: count)
    #expect(UInt(bitPattern: buffer.pointer) % alignment == 0)
    #expect(buffer.elements.count == count)
  }

  @Test("is zero at first, even if memory is reused")
  func zeroed() {
    for _ in 0..<20 {
      let buffer = AlignedBuffer<UInt64>(count: 1_000)
      #expect(buffer.elements.allSatisfy { $0 == 0 })
      buffer.elements.update(repeating: .max)
    }
  }

  @Test("that is large has no pages until it is touched, and then only the touched ones")
  func touch() throws {
    let count = 16 << 20
    let buffer = AlignedBuffer<UInt8>(count: count)
    let page = Int(getpagesize())
    func resident() throws -> [Bool] {
      var pages = [UInt8](repeating: 0, count: count / page)
      try #require(mincore(buffer.pointer, count, &pages) == 0)
      return pages.map { $0 & 1 == 1 }
    }
    #expect(try !resident().contains(true))
    let touched = (4 << 20) + 5..<(6 << 20) + 7
    buffer.touch(touched)
    let pages = try resident()
    #expect(pages[touched.lowerBound / page...touched.upperBound / page].allSatisfy { $0 })
    // Huge pages reach as far as these.
    #expect(!pages[..<((4 << 20) / page)].contains(true))
    #expect(!pages[((8 << 20) / page)...].contains(true))
    #expect(buffer.elements.allSatisfy { $0 == 0 })
  }

  @Test("a padded count is the next multiple of a cache line's 16 floats")
  func padding() {
    #expect([0, 1, 15, 16, 17, 32].map(paddedCount) == [0, 16, 16, 16, 32, 32])
  }
}
