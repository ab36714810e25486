import Testing

@testable import Parallel

/// A batch's rows, and what each leaf knows of them.
struct LeafRows {
  static let features = 37
  let plan: LeafPlan
  let rows: [[Float]]

  /// Rows whose mean is large beside their spread.
  init(rowCount: Int) {
    plan = LeafPlan(rowCount: rowCount)
    var stream = RandomStream(seed: UInt64(rowCount), purpose: .initialization)
    rows = (0..<rowCount).map { _ in
      (0..<Self.features).map { Float($0) + Float(stream.nextUnitInterval()) }
    }
  }

  /// The mean and the sum of squared deviations of one column, in double precision.
  func moments(of rows: ArraySlice<[Float]>, column: Int) -> (mean: Double, m2: Double) {
    let values = rows.map { Double($0[column]) }
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) })
  }

  private func rows(of leaf: Int) -> Range<Int> { plan.rows(of: leaf..<leaf + 1) }

  /// Means, then sums of squared deviations, of each leaf.
  func momentPartials() -> PartialResults {
    let partials = PartialResults(
      rule: .moments(features: Self.features), leafCapacity: plan.leafCount)
    for leaf in 0..<plan.leafCount {
      for column in 0..<Self.features {
        let moments = moments(of: rows[rows(of: leaf)], column: column)
        partials.slot(leaf)[column] = Float(moments.mean)
        partials.slot(leaf)[Self.features + column] = Float(moments.m2)
      }
    }
    return partials
  }

  /// A column's value of the first row of a leaf.
  func first(of leaf: Int, column: Int) -> Float { rows[rows(of: leaf).lowerBound][column] }

  /// The first row of each leaf, to be added.
  func sumPartials() -> PartialResults {
    let partials = PartialResults(
      rule: .sum(count: Self.features), leafCapacity: plan.leafCount)
    for leaf in 0..<plan.leafCount {
      for column in 0..<Self.features {
        partials.slot(leaf)[column] = first(of: leaf, column: column)
      }
    }
    return partials
  }

  /// Merges as a team would: each worker its leaves, then each its slice of the columns.
  func merge(_ partials: PartialResults, workers: Int, unit: Int = 1) -> [Float] {
    merge(partials, LeafDivision(0..<plan.leafCount, into: workers, unit: unit))
    return Array(UnsafeBufferPointer(start: partials.slot(0), count: partials.rule.partialCount))
  }

  /// Merges a run of leaves that workers share.
  func merge(_ partials: PartialResults, _ division: LeafDivision) {
    let workers = division.partCount
    for worker in 0..<workers { partials.merge(division.part(worker), of: plan) }
    for worker in 0..<workers {
      partials.merge(
        division.leaves, between: division,
        columns: slice(worker, of: workers, count: partials.rule.columnCount, alignment: 16),
        of: plan)
    }
  }
}

@Suite("The leaves' partial results")
struct PartialResultsTests {
  /// Whole leaves; an uneven last one; a last one of one row; one leaf; several blocks.
  static let rowCounts = [64, 70, 65, 7, 513]

  @Test("merged moments are those of the batch", arguments: rowCounts)
  func moments(rowCount: Int) {
    let batch = LeafRows(rowCount: rowCount)
    let merged = batch.merge(batch.momentPartials(), workers: 1)
    for column in 0..<LeafRows.features {
      let expected = batch.moments(of: batch.rows[...], column: column)
      #expect(abs(Double(merged[column]) - expected.mean) <= 1e-6 * (1 + expected.mean))
      let m2 = Double(merged[LeafRows.features + column])
      #expect(abs(m2 - expected.m2) <= 1e-5 * expected.m2)
    }
  }

  @Test("merged sums are added in the order of the tree", arguments: rowCounts)
  func sums(rowCount: Int) {
    let batch = LeafRows(rowCount: rowCount)
    let merged = batch.merge(batch.sumPartials(), workers: 1)
    for column in 0..<LeafRows.features {
      let expected = PairwiseTree.sum(leafCount: batch.plan.leafCount) { leaf in
        batch.first(of: leaf, column: column)
      } combine: {
        $0 += $1
      }
      #expect(merged[column] == expected)
    }
  }

  @Test("teams of any size merge to the same bits", arguments: rowCounts)
  func anyTeam(rowCount: Int) {
    let batch = LeafRows(rowCount: rowCount)
    let sums = batch.merge(batch.sumPartials(), workers: 1)
    let moments = batch.merge(batch.momentPartials(), workers: 1)
    for workers in [2, 3, 5, 8, 64] {
      for unit in [1, 8] {
        #expect(batch.merge(batch.sumPartials(), workers: workers, unit: unit) == sums)
        #expect(batch.merge(batch.momentPartials(), workers: workers, unit: unit) == moments)
      }
    }
  }

  @Test("ranks that exchange their subtrees' slots have the same bits", arguments: rowCounts)
  func ranks(rowCount: Int) {
    let batch = LeafRows(rowCount: rowCount)
    let leafCount = batch.plan.leafCount
    for make in [LeafRows.sumPartials, LeafRows.momentPartials] {
      let expected = batch.merge(make(batch)(), workers: 1)
      for rankCount in 2...5 {
        let shares = TreeShares(
          leafCount: leafCount, leafCapacity: leafCount, rankCount: rankCount,
          unit: LeafPlan.blockLeaves)
        let received = make(batch)()
        for rank in 0..<rankCount {
          // A rank knows its own leaves alone.
          let own = make(batch)()
          for leaf in 0..<leafCount where !shares.leaves(of: rank).contains(leaf) {
            own.slot(leaf).update(repeating: .nan, count: own.stride)
          }
          batch.merge(own, LeafDivision(shares.leaves(of: rank), into: 3))
          shares.forEachSubtree(of: rank) {
            received.slot($0.lowerBound).update(from: own.slot($0.lowerBound), count: own.stride)
          }
        }
        received.merge(
          0..<leafCount, between: shares.division, columns: 0..<received.rule.columnCount,
          of: batch.plan)
        let found = UnsafeBufferPointer(
          start: received.slot(0), count: received.rule.partialCount)
        #expect(Array(found) == expected, "\(rankCount) ranks")
      }
    }
  }

  @Test("a smaller batch than the capacity ignores the remaining slots")
  func smallerBatch() {
    let partials = PartialResults(rule: .sum(count: 3), leafCapacity: 4)
    for leaf in 0..<4 { partials.slot(leaf).update(repeating: Float(leaf + 1), count: 3) }
    partials.merge(0..<3, of: LeafPlan(rowCount: 17))
    #expect(Array(UnsafeBufferPointer(start: partials.slot(0), count: 3)) == [6, 6, 6])
  }
}
