import Testing

@testable import ImageData

@Suite("Samples held out for validation")
struct ValidationSplitTests {
  @Test(
    "and those trained on are all samples, each once and ascending",
    arguments: [(0, 0), (1, 0), (1, 1), (10, 3), (1000, 1), (60_000, 5_000)])
  func partition(sampleCount: Int, validationCount: Int) {
    let split = ValidationSplit(
      sampleCount: sampleCount, validationCount: validationCount, seed: 7)
    #expect(split.validation.count == validationCount)
    #expect(split.training == split.training.sorted())
    #expect(split.validation == split.validation.sorted())
    #expect((split.training + split.validation).sorted() == Array(0..<UInt32(sampleCount)))
  }

  @Test("depend on the seed and the counts, and on nothing else")
  func dependence() {
    let split = ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 1)
    #expect(split == ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 1))
    #expect(split != ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 2))
    #expect(split != ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 1 << 32 | 1))
  }

  @Test("stay held out if more are held out")
  func nested() {
    let fewer = ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 1)
    let more = ValidationSplit(sampleCount: 1000, validationCount: 150, seed: 1)
    #expect(Set(more.validation).isSuperset(of: fewer.validation))
  }

  @Test("are not the first of an epoch's order")
  func ownNumbers() {
    var order = [UInt32](repeating: 0, count: 1000)
    for epoch: UInt32 in 0...1 {
      order.withUnsafeMutableBufferPointer { EpochOrder.fillShuffled($0, seed: 1, epoch: epoch) }
      let split = ValidationSplit(sampleCount: 1000, validationCount: 100, seed: 1)
      #expect(split.validation != order[..<100].sorted())
    }
  }

  // From an independent implementation of Philox4x32-10, Lemire's bound and the shuffle, in Python.
  @Test("are pinned: every version of the trainer holds out the same")
  func golden() {
    #expect(
      ValidationSplit(sampleCount: 10, validationCount: 4, seed: 0).validation == [0, 3, 7, 8])
    #expect(
      ValidationSplit(sampleCount: 60_000, validationCount: 5_000, seed: 1).validation.prefix(8)
        == [28, 46, 57, 58, 70, 71, 75, 76])
  }

  @Test("include each sample about equally often")
  func uniformity() {
    let rounds = 4_000
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<UInt64(rounds) {
      for sample in ValidationSplit(sampleCount: 20, validationCount: 5, seed: seed).validation {
        counts[Int(sample)] += 1
      }
    }
    // A binomial of mean 1000 and deviation 27: 5 deviations.
    #expect(counts.allSatisfy { abs($0 - 1000) < 137 })
  }
}
