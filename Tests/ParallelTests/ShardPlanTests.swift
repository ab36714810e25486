import Testing

@testable import Parallel

@Suite("Division of a batch into shards")
struct ShardPlanTests {
  @Test("shards are consecutive and complete, and only the last is smaller", arguments: 1...130)
  func coversTheBatch(rowCount: Int) {
    for shardSize in [1, 2, 7, 64, 129, 130, 1_000] {
      let plan = ShardPlan(rowCount: rowCount, shardSize: shardSize)
      let shards = (0..<plan.shardCount).map(plan.rows(of:))
      #expect(shards.flatMap(Array.init) == Array(0..<rowCount))
      #expect(shards.dropLast().allSatisfy { $0.count == shardSize })
      #expect(shards.allSatisfy { (1...shardSize).contains($0.count) })
    }
  }

  @Test("a shard of any size larger than the batch holds the batch")
  func hugeShard() {
    let plan = ShardPlan(rowCount: 5, shardSize: .max)
    #expect(plan.shardCount == 1)
    #expect(plan.rows(of: 0) == 0..<5)
  }

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
