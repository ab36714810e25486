import Testing

@testable import Parallel

@Suite("Distribution of the tree's leaves over ranks")
struct TreeSharesTests {
  /// Numbers whose sum shows the order in which they were added.
  static func values(_ count: Int) -> [Float] {
    var stream = RandomStream(seed: UInt64(count), purpose: .initialization)
    return (0..<count).map { _ in
      Float(stream.nextUnitInterval() - 0.5) * Float(1 << stream.next(below: 24))
    }
  }

  static func whole(_ leaves: [Float]) -> Float {
    var slots = leaves
    PairwiseTree.merge(leafCount: leaves.count) { slots[$0] += slots[$1] }
    return slots[0]
  }

  @Test("every leaf has one owner, whose block it is in", arguments: 1...9)
  func owners(rankCount: Int) {
    for leafCapacity in 1...40 {
      for leafCount in 1...leafCapacity {
        let shares = TreeShares(
          leafCount: leafCount, leafCapacity: leafCapacity, rankCount: rankCount)
        let blocks = (0..<rankCount).map { shares.leaves(of: $0) }
        #expect(blocks.flatMap { Array($0) } == Array(0..<leafCount))
        for leaf in 0..<leafCount {
          #expect(blocks[shares.division.part(of: leaf)].contains(leaf))
        }
      }
    }
  }

  @Test("ranks that exchange only their subtrees have the whole tree's bits", arguments: 1...9)
  func bits(rankCount: Int) {
    for leafCapacity in 1...40 {
      for leafCount in 1...leafCapacity {
        let leaves = Self.values(leafCount)
        let shares = TreeShares(
          leafCount: leafCount, leafCapacity: leafCapacity, rankCount: rankCount)
        // What no rank has sent must not be read.
        var received = [Float](repeating: .nan, count: leafCount)
        for rank in 0..<rankCount {
          var own = [Float](repeating: .nan, count: leafCount)
          for leaf in shares.leaves(of: rank) { own[leaf] = leaves[leaf] }
          PairwiseTree.merge(leafCount: leafCount, in: shares.leaves(of: rank), between: nil) {
            own[$0] += own[$1]
          }
          shares.forEachSubtree(of: rank) { subtree in
            received[subtree.lowerBound] = own[subtree.lowerBound]
            // The same from one leaf after the other.
            #expect(own[subtree.lowerBound] == Self.whole(Array(leaves[subtree])))
          }
        }
        PairwiseTree.merge(leafCount: leafCount, in: 0..<leafCount, between: shares.division) {
          received[$0] += received[$1]
        }
        #expect(
          received[0].bitPattern == Self.whole(leaves).bitPattern,
          "\(leafCount) of \(leafCapacity) leaves")
      }
    }
  }

  @Test("a power of two of ranks with equal aligned blocks has one partial result each")
  func alignedBlocks() {
    for rankCount in [1, 2, 4, 8] {
      let shares = TreeShares(leafCount: 16, leafCapacity: 16, rankCount: rankCount)
      #expect((0..<rankCount).allSatisfy { shares.subtreeCount(of: $0) == 1 })
    }
  }

  @Test("a smaller batch never has more partial results than a full one, which has few")
  func subtreeCounts() {
    for rankCount in 1...9 {
      for leafCapacity in 1...70 {
        let full = TreeShares(
          leafCount: leafCapacity, leafCapacity: leafCapacity, rankCount: rankCount)
        let bound = max(1, 2 * PairwiseTree.waitingCount(leafCount: leafCapacity))
        for rank in 0..<rankCount {
          #expect(full.subtreeCount(of: rank) <= bound)
          for leafCount in 1...leafCapacity {
            let less = TreeShares(
              leafCount: leafCount, leafCapacity: leafCapacity, rankCount: rankCount)
            #expect(less.subtreeCount(of: rank) <= full.subtreeCount(of: rank))
          }
        }
      }
    }
  }
}
