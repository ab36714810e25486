import Testing

@testable import Parallel

@Suite("Leaves of a batch")
struct LeafPlanTests {
  @Test("leaves and blocks cover the rows in order", arguments: [1, 7, 8, 9, 63, 64, 65, 513])
  func cover(rowCount: Int) {
    let plan = LeafPlan(rowCount: rowCount)
    let leaves = (0..<plan.leafCount).flatMap { Array(plan.rows(of: $0..<$0 + 1)) }
    #expect(leaves == Array(0..<rowCount))
    let blocks = (0..<plan.blockCount).map { plan.rows(of: plan.leaves(ofBlock: $0)) }
    #expect(blocks.flatMap { Array($0) } == Array(0..<rowCount))
    #expect(blocks.dropLast().allSatisfy { $0.count == 64 })
  }

  @Test("parts cover a run in order, and each leaf knows its part", arguments: [1, 2, 3, 5, 64])
  func division(partCount: Int) {
    for unit in [1, 2, 8] {
      for run in [0..<1, 0..<64, 8..<65, 16..<16, 24..<27] {
        let division = LeafDivision(run, into: partCount, unit: unit)
        let parts = (0..<partCount).map { division.part($0) }
        #expect(parts.flatMap { Array($0) } == Array(run))
        for leaf in run { #expect(parts[division.part(of: leaf)].contains(leaf)) }
        let sizes = parts.filter { !$0.isEmpty }.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 2 * unit)
      }
    }
  }
}
