import Parallel
import Testing

@testable import ImageData

@Suite("Division by largest remainders")
struct LargestRemainderTests {
  @Test(
    "gives shares in proportion, and equal remainders to those that come first",
    arguments: [
      (10, [53, 24, 23], [5, 3, 2]), (1, [1, 1, 1], [1, 0, 0]), (2, [3, 3, 3], [1, 1, 0]),
      (0, [4, 5], [0, 0]), (9, [4, 5], [4, 5]), (5, [0, 10, 0], [0, 5, 0]), (0, [], []),
      (3, [1, 1, 98], [0, 0, 3]),
    ] as [(Int, [Int], [Int])])
  func shares(total: Int, sizes: [Int], expected: [Int]) {
    #expect(LargestRemainder.shares(of: total, among: sizes) == expected)
  }

  @Test("gives every share its quota, rounded down or up", arguments: [UInt64](0..<20))
  func quotas(seed: UInt64) {
    var stream = RandomStream(seed: seed, purpose: .shuffle)
    let sizes = (0...stream.next(below: 12)).map { _ in Int(stream.next(below: 50)) } + [1]
    let sum = sizes.reduce(0, +)
    for total in 0...sum {
      let shares = LargestRemainder.shares(of: total, among: sizes)
      #expect(shares.reduce(0, +) == total)
      for (share, size) in zip(shares, sizes) {
        #expect(
          share * sum > total * size - sum && share * sum < total * size + sum, "seed \(seed)")
        #expect(share <= size, "seed \(seed)")
      }
    }
  }
}
