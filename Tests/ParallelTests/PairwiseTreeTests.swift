import Testing

@testable import Parallel

@Suite("The tree in which partial results merge")
struct PairwiseTreeTests {
  /// The parentheses of a tree over leaves padded to a power of two, without the absent leaves.
  static func parentheses(first: Int, size: Int, leafCount: Int) -> String? {
    if first >= leafCount { return nil }
    if size == 1 { return "\(first)" }
    let half = size / 2
    guard let left = parentheses(first: first, size: half, leafCount: leafCount) else { return nil }
    guard let right = parentheses(first: first + half, size: half, leafCount: leafCount) else {
      return left
    }
    return "(\(left) \(right))"
  }

  static func parentheses(leafCount: Int) -> String? {
    parentheses(first: 0, size: 1 << 10, leafCount: leafCount)
  }

  static func merged(_ leaves: [String]) -> String {
    var slots = leaves
    PairwiseTree.merge(leafCount: leaves.count) { slots[$0] = "(\(slots[$0]) \(slots[$1]))" }
    return slots[0]
  }

  @Test("merging in place is the padded tree", arguments: 1...70)
  func merge(leafCount: Int) {
    #expect(
      Self.merged((0..<leafCount).map(String.init)) == Self.parentheses(leafCount: leafCount))
  }

  @Test("a stream of leaves is the padded tree and fills its slots", arguments: 1...70)
  func stream(leafCount: Int) {
    let slotCount = PairwiseTree.slotCount(leafCount: leafCount)
    var slots = [String](repeating: "", count: slotCount)
    var used: Set<Int> = []
    PairwiseTree.stream(leafCount: leafCount) { leaf, slot in
      slots[slot] = "\(leaf)"
      used.insert(slot)
    } fold: { into, from, joinsLeaves in
      #expect(joinsLeaves == !(slots[into] + slots[from]).contains("("))
      slots[into] = "(\(slots[into]) \(slots[from]))"
    }
    #expect(slots[0] == Self.parentheses(leafCount: leafCount))
    #expect(used == Set(0..<slotCount))
  }

  @Test(
    "leaves that arrive in one place are the padded tree and fill their slots", arguments: 1...70)
  func arrive(leafCount: Int) {
    let slotCount = PairwiseTree.waitingCount(leafCount: leafCount)
    var slots = [String](repeating: "", count: slotCount)
    var used: Set<Int> = []
    var place = ""
    for leaf in 0..<leafCount {
      place = "\(leaf)"
      PairwiseTree.arrive(leaf: leaf, of: leafCount) { slot in
        place = "(\(slots[slot]) \(place))"
      } keep: { slot in
        slots[slot] = place
        used.insert(slot)
      }
    }
    #expect(place == Self.parentheses(leafCount: leafCount))
    #expect(used == Set(0..<slotCount))
  }

  @Test("a sum of values is the padded tree", arguments: 1...70)
  func sum(leafCount: Int) {
    let sum = PairwiseTree.sum(leafCount: leafCount) {
      "\($0)"
    } combine: {
      $0 = "(\($0) \($1))"
    }
    #expect(sum == Self.parentheses(leafCount: leafCount))
  }

  @Test("a power of two of owners with equal shares owns whole subtrees", arguments: [1, 2, 4, 8])
  func alignedSubtrees(ownerCount: Int) {
    for leafCount in [8, 16, 64] {
      let share = leafCount / ownerCount
      let subtrees = (0..<ownerCount).map { owner in
        Self.merged((owner * share..<(owner + 1) * share).map(String.init))
      }
      #expect(Self.merged(subtrees) == Self.parentheses(leafCount: leafCount))
    }
  }
}
