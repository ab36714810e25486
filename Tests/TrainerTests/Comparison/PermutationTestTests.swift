import Parallel
import Testing

@testable import Runs

@Suite("A permutation test")
struct PermutationTestTests {
  @Test(
    "of few values tries all divisions, on both sides",
    arguments: [
      ([1, 2, 3], [4, 5, 6], 2, 20), ([1, 2, 3, 4], [5, 6, 7, 8], 2, 70),
      ([9, 12, 15, 20], [3, 7, 10], 3, 35), ([19, 22, 25, 26], [23, 33, 40], 4, 35),
      ([1, 2], [9], 1, 3), ([1], [2], 2, 2), ([5, 5, 5], [5, 5], 10, 10),
    ] as [([Int], [Int], Int, Int)])
  func exact(first: [Int], second: [Int], extreme: Int, divisions: Int) {
    let test = PermutationTest(first, second)
    #expect(test.isExact && test.extreme == extreme && test.divisions == divisions)
    #expect(test.p == Double(extreme) / Double(divisions))
    let reverse = PermutationTest(second, first)
    #expect(reverse.p == test.p && reverse.divisions == divisions)
  }

  /// The share of divisions at least as extreme, by all subsets of the right size.
  private func share(_ first: [Int], _ second: [Int]) -> Double {
    let values = first + second
    let mean = { (sum: Int, count: Int) in Double(sum) / Double(count) }
    let total = values.reduce(0, +)
    func difference(_ sum: Int) -> Double {
      abs(mean(sum, first.count) - mean(total - sum, second.count))
    }
    let seen = difference(first.reduce(0, +))
    var (extreme, all) = (0, 0)
    for mask in 0..<1 << values.count where mask.nonzeroBitCount == first.count {
      let sum = values.indices.reduce(0) { $0 + (mask >> $1 & 1 == 1 ? values[$1] : 0) }
      all += 1
      if difference(sum) > seen - 1e-9 { extreme += 1 }
    }
    return Double(extreme) / Double(all)
  }

  @Test("has the share of all subsets, of random values with ties", arguments: [UInt64](0..<30))
  func random(seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .shuffle)
    func values() -> [Int] {
      (0...stream.next(below: 5)).map { _ in 9_900 + Int(stream.next(below: 12)) }
    }
    let (first, second) = (values(), values())
    let p = PermutationTest(first, second).p
    #expect(abs(p - share(first, second)) < 1e-12, "seed \(seed): \(first), \(second)")
  }

  @Test("draws divisions if they are too many, close to the share of all")
  func sampled() {
    // 352,716 divisions.
    var stream = RandomStream(seed: 5, purpose: .shuffle)
    let first = (0..<10).map { _ in 100 + Int(stream.next(below: 40)) }
    let second = (0..<11).map { _ in 110 + Int(stream.next(below: 40)) }
    let test = PermutationTest(first, second, seed: 3)
    #expect(!test.isExact && test.divisions == PermutationTest.divisionLimit)
    let expected = share(first, second)
    let deviation = (expected * (1 - expected) / Double(test.divisions)).squareRoot()
    #expect(abs(test.p - expected) < 5 * deviation, "\(test.p), \(expected)")
    #expect(PermutationTest(first, second, seed: 3) == test)
    #expect(PermutationTest(first, second, seed: 4) != test)
  }

  @Test("never has a p-value of 0, and 1 for equal values")
  func bounds() {
    let far = PermutationTest(
      [Int](repeating: 0, count: 40), [Int](repeating: 1, count: 40))
    #expect(!far.isExact && far.extreme == 0)
    #expect(far.p == 1.0 / 200_001 && far.p == far.smallestP)
    let equal = PermutationTest(
      [Int](repeating: 1, count: 40), [Int](repeating: 1, count: 40))
    #expect(equal.p == 1)
  }

  @Test("cannot have a p-value below its smallest", arguments: 1...6, 1...6)
  func smallest(first: Int, second: Int) {
    let low = (0..<first).map { $0 }
    let high = (0..<second).map { 100 + $0 }
    let test = PermutationTest(low, high)
    // Groups that do not overlap are the most extreme division.
    #expect(test.p == test.smallestP)
  }
}
