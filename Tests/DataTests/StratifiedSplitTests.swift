import Parallel
import Testing

@testable import ImageData

/// Labels of random classes: between 1 and 12 of them, most of unequal sizes.
private struct RandomLabels {
  let labels: [UInt8]
  var stream: RandomStream

  init(seed: UInt64, count: Int? = nil) {
    var stream = RandomStream(seed: seed, purpose: .shuffle)
    let classes = 1 + stream.next(below: 12)
    let samples = count ?? Int(2 + stream.next(below: 400))
    var drawn: [UInt8] = []
    for _ in 0..<samples {
      // The smaller of two numbers: small classes are rare.
      let one = stream.next(below: classes)
      drawn.append(UInt8(min(one, stream.next(below: classes))) * 20)
    }
    labels = drawn
    self.stream = stream
  }
}

/// How many of some samples are in each class.
private func histogram(_ samples: [UInt32], _ labels: [UInt8]) -> [Int] {
  var counts = [Int](repeating: 0, count: 256)
  for sample in samples { counts[Int(labels[Int(sample)])] += 1 }
  return counts
}

@Suite("Held-out samples of random data")
struct StratifiedSplitTests {
  @Test("are in proportion to the classes, by largest remainders", arguments: [UInt64](0..<25))
  func proportions(seed: UInt64) {
    var random = RandomLabels(seed: seed)
    let labels = random.labels
    let all = [UInt32](0..<UInt32(labels.count))
    let sizes = histogram(all, labels)
    for _ in 0..<10 {
      let count = Int(random.stream.next(below: UInt32(labels.count + 1)))
      let split = ValidationSplit(.samples(count), of: labels, isStratified: true, seed: seed)
      #expect((split.training + split.validation).sorted() == all, "seed \(seed)")
      #expect(split.validation == split.validation.sorted() && split.validation.count == count)
      #expect(split.training == split.training.sorted())
      #expect(
        histogram(split.validation, labels) == LargestRemainder.shares(of: count, among: sizes),
        "seed \(seed), \(count) samples")
    }
  }

  @Test(
    "in folds are disjoint and cover all, and folds differ by at most one sample",
    arguments: [UInt64](0..<25), [false, true])
  func folds(seed: UInt64, isStratified: Bool) {
    var random = RandomLabels(seed: seed)
    let labels = random.labels
    let all = [UInt32](0..<UInt32(labels.count))
    let count = Int(2 + random.stream.next(below: UInt32(min(labels.count - 1, 11))))
    let splits = (1...count).map {
      ValidationSplit(
        .fold(Fold($0, of: count)), of: labels, isStratified: isStratified, seed: seed)
    }
    // Each sample once: disjoint, and nothing is missing.
    #expect(splits.flatMap(\.validation).sorted() == all, "seed \(seed), \(count) folds")
    for (index, split) in splits.enumerated() {
      #expect((split.training + split.validation).sorted() == all)
      #expect(split.validation == split.validation.sorted())
      #expect(split.training == split.training.sorted())
      let size = HeldOut.fold(Fold(index + 1, of: count)).count(of: labels.count)
      #expect(split.validation.count == size, "seed \(seed), \(count) folds")
    }
    guard isStratified else { return }
    let counts = splits.map { histogram($0.validation, labels) }
    for label in 0..<256 {
      let sizes = counts.map { $0[label] }
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, "seed \(seed), class \(label)")
    }
  }

  @Test("depend on the seed and the number of folds")
  func dependence() {
    let labels = RandomLabels(seed: 1, count: 300).labels
    for isStratified in [false, true] {
      func fold(_ fold: Fold, seed: UInt64) -> ValidationSplit {
        ValidationSplit(.fold(fold), of: labels, isStratified: isStratified, seed: seed)
      }
      let split = fold(Fold(2, of: 5), seed: 7)
      #expect(split == fold(Fold(2, of: 5), seed: 7))
      #expect(split != fold(Fold(2, of: 5), seed: 8))
      #expect(split != fold(Fold(2, of: 5), seed: 1 << 32 | 7))
      #expect(split != fold(Fold(2, of: 6), seed: 7))
      // Of one seed, other folds have other samples.
      #expect(Set(split.validation).isDisjoint(with: fold(Fold(3, of: 5), seed: 7).validation))
      // Of another seed, they share some.
      #expect(!Set(split.validation).isDisjoint(with: fold(Fold(3, of: 5), seed: 8).validation))
    }
  }

  @Test("include each sample about equally often, in proportion to its class")
  func uniformity() {
    let rounds = 4_000
    let labels = (0..<20).map { UInt8($0 < 15 ? 0 : 1) }
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<UInt64(rounds) {
      let split = ValidationSplit(.samples(4), of: labels, isStratified: true, seed: seed)
      for sample in split.validation { counts[Int(sample)] += 1 }
    }
    // 3 of 15 and 1 of 5: binomials of mean 800 and deviation 25: 5 deviations.
    #expect(counts.allSatisfy { abs($0 - 800) < 127 }, "\(counts)")
  }

  // From an independent implementation of Philox4x32-10, Lemire's bound and the shuffle, in Python.
  @Test("are pinned: every version of the trainer holds out the same")
  func golden() {
    let labels: [UInt8] = [1, 0, 1, 1, 0, 2, 1, 0, 1, 1]
    func held(_ heldOut: HeldOut, _ isStratified: Bool) -> [UInt32] {
      ValidationSplit(heldOut, of: labels, isStratified: isStratified, seed: 0).validation
    }
    // Quotas of 1.8, 3.6 and 0.6: the last place is that of the earlier class.
    #expect(held(.samples(6), true) == [0, 1, 2, 3, 7, 8])
    #expect(held(.samples(6), false) == [0, 1, 3, 4, 7, 8])
    #expect(
      (1...3).map { held(.fold(Fold($0, of: 3)), false) }
        == [[0, 2, 5, 8], [1, 7, 9], [3, 4, 6]])
    #expect(
      (1...3).map { held(.fold(Fold($0, of: 3)), true) }
        == [[0, 2, 5, 7], [1, 3, 9], [4, 6, 8]])
  }
}
