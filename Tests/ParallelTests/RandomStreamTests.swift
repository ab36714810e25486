import Testing

@testable import Parallel

@Suite("A stream of random words")
struct RandomStreamTests {
  @Test(
    "word 4 b + w is word w of the Philox block at counter (b, index, purpose and layer, epoch)")
  func wordOrder() {
    var stream = RandomStream(
      seed: 0x0123_4567_89ab_cdef, purpose: .dropout, layer: 0x3_0201, index: 77, epoch: 9)
    let generator = Philox4x32(key: [0x89ab_cdef, 0x0123_4567])
    for b in 0..<20 {
      let block = generator.block(at: [UInt32(b), 77, 0x0103_0201, 9])
      for w in 0..<4 { #expect(stream.next() == block[w]) }
    }
  }

  @Test("seed, purpose, layer, index and epoch each select a different stream")
  func names() {
    var firstWords: Set<UInt32> = []
    for var stream in [
      RandomStream(seed: 1, purpose: .dropout),
      RandomStream(seed: 1 << 32, purpose: .dropout),
      RandomStream(seed: 1, purpose: .shuffle),
      RandomStream(seed: 1, purpose: .initialization),
      RandomStream(seed: 1, purpose: .dropout, layer: 1),
      RandomStream(seed: 1, purpose: .dropout, index: 1),
      RandomStream(seed: 1, purpose: .dropout, epoch: 1),
    ] {
      firstWords.insert(stream.next())
    }
    #expect(firstWords.count == 7)
  }

  @Test(
    "a bounded draw is the high half of word times bound, and words in the uneven rest are rejected",
    arguments: [1, 2, 3, 10, 60_000, 0x8000_0000, 0x8000_0001, 0xC000_0000, UInt32.max])
  func boundedDraws(bound: UInt32) {
    var stream = RandomStream(seed: 5, purpose: .shuffle)
    var words = RandomStream(seed: 5, purpose: .shuffle)
    let rest = (UInt64(1) << 32) % UInt64(bound)
    for _ in 0..<2_000 {
      var product = UInt64(words.next()) * UInt64(bound)
      while product & 0xffff_ffff < rest { product = UInt64(words.next()) * UInt64(bound) }
      #expect(stream.next(below: bound) == UInt32(product >> 32))
    }
  }

  @Test(
    "a bounded draw has no bias, where without rejection a third of the values had half the draws")
  func unbiased() {
    var stream = RandomStream(seed: 6, purpose: .shuffle)
    let draws = 30_000
    var multiplesOfThree = 0
    for _ in 0..<draws where stream.next(below: 0xC000_0000) % 3 == 0 { multiplesOfThree += 1 }
    let deviation = (Double(draws) * 2 / 9).squareRoot()
    #expect(abs(Double(multiplesOfThree) - Double(draws) / 3) < 4 * deviation)
  }

  @Test("the unit interval's ends are never reached")
  func unitIntervalEnds() {
    var stream = RandomStream(seed: 0, purpose: .initialization)
    stream.block = .zero
    stream.position = 0
    #expect(stream.nextUnitInterval() == 0x1p-53)
    stream.block = Philox4x32.Block(repeating: .max)
    stream.position = 0
    #expect(stream.nextUnitInterval() == 1 - 0x1p-53)
  }

  @Test("numbers of the unit interval have the mean and variance of a uniform variable")
  func unitIntervalMoments() {
    var stream = RandomStream(seed: 7, purpose: .initialization)
    let count = 100_000.0
    var sum = 0.0
    var squares = 0.0
    for _ in 0..<Int(count) {
      let deviation = stream.nextUnitInterval() - 0.5
      sum += deviation
      squares += deviation * deviation
    }
    #expect(abs(sum / count) < 4 / (12 * count).squareRoot())
    #expect(abs(squares / count - 1.0 / 12) < 4 / (180 * count).squareRoot())
  }
}
