import Parallel
import Testing

@testable import ImageData

@Suite("Samples held out for validation")
struct ValidationSplitTests {
  /// A split of samples of one class.
  private func oneClass(_ sampleCount: Int, _ validationCount: Int, seed: UInt64) -> ValidationSplit
  {
    ValidationSplit(
      .samples(validationCount), of: [UInt8](repeating: 0, count: sampleCount), seed: seed)
  }

  @Test(
    "and those trained on are all samples, each once and ascending",
    arguments: [(0, 0), (1, 0), (1, 1), (10, 3), (1000, 1), (60_000, 5_000)])
  func partition(sampleCount: Int, validationCount: Int) {
    let split = oneClass(sampleCount, validationCount, seed: 7)
    #expect(split.validation.count == validationCount)
    #expect(split.training == split.training.sorted())
    #expect(split.validation == split.validation.sorted())
    #expect((split.training + split.validation).sorted() == Array(0..<UInt32(sampleCount)))
  }

  @Test("depend on the seed and the counts, and on nothing else")
  func dependence() {
    let split = oneClass(1000, 100, seed: 1)
    #expect(split == oneClass(1000, 100, seed: 1))
    #expect(split != oneClass(1000, 100, seed: 2))
    #expect(split != oneClass(1000, 100, seed: 1 << 32 | 1))
  }

  @Test("stay held out if more are held out")
  func nested() {
    let fewer = oneClass(1000, 100, seed: 1)
    let more = oneClass(1000, 150, seed: 1)
    #expect(Set(more.validation).isSuperset(of: fewer.validation))
  }

  @Test("are not the first of an epoch's order")
  func ownNumbers() {
    var order = [UInt32](repeating: 0, count: 1000)
    for epoch: UInt32 in 0...1 {
      order.withUnsafeMutableBufferPointer { EpochOrder.fillShuffled($0, seed: 1, epoch: epoch) }
      let split = oneClass(1000, 100, seed: 1)
      #expect(split.validation != order[..<100].sorted())
    }
  }

  // From an independent implementation of Philox4x32-10, Lemire's bound and the shuffle, in Python.
  @Test("are pinned: every version of the trainer holds out the same")
  func golden() {
    #expect(
      oneClass(10, 4, seed: 0).validation == [0, 3, 7, 8])
    #expect(
      oneClass(60_000, 5_000, seed: 1).validation.prefix(8)
        == [28, 46, 57, 58, 70, 71, 75, 76])
  }

  @Test("do not depend on the classes unless they are stratified")
  func classes() {
    let labels = (0..<1000).map { UInt8($0 % 7) }
    let plain = ValidationSplit(.samples(100), of: labels, seed: 1)
    #expect(plain == oneClass(1000, 100, seed: 1))
    #expect(plain != ValidationSplit(.samples(100), of: labels, isStratified: true, seed: 1))
    // With one class there is nothing to choose by.
    let one = [UInt8](repeating: 3, count: 1000)
    #expect(plain == ValidationSplit(.samples(100), of: one, isStratified: true, seed: 1))
  }

  @Test("include each sample about equally often")
  func uniformity() {
    let rounds = 4_000
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<UInt64(rounds) {
      for sample in oneClass(20, 5, seed: seed).validation {
        counts[Int(sample)] += 1
      }
    }
    // A binomial of mean 1000 and deviation 27: 5 deviations.
    #expect(counts.allSatisfy { abs($0 - 1000) < 137 })
  }
}
