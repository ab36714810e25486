import Testing

@testable import Parallel

/// A batch's rows, and what each shard knows of them.
struct ShardedRows {
  static let features = 37
  let plan: ShardPlan
  let rows: [[Float]]

  /// Rows whose mean is large beside their spread.
  init(rowCount: Int, shardSize: Int) {
    plan = ShardPlan(rowCount: rowCount, shardSize: shardSize)
    var stream = RandomStream(seed: UInt64(rowCount), purpose: .initialisation)
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

  /// Means, then sums of squared deviations, of each shard.
  func momentPartials() -> PartialResults {
    let partials = PartialResults(
      rule: .moments(features: Self.features), shardCapacity: plan.shardCount)
    for shard in 0..<plan.shardCount {
      for column in 0..<Self.features {
        let moments = moments(of: rows[plan.rows(of: shard)], column: column)
        partials.slot(shard)[column] = Float(moments.mean)
        partials.slot(shard)[Self.features + column] = Float(moments.m2)
      }
    }
    return partials
  }

  /// The first row of each shard, to be added.
  func sumPartials() -> PartialResults {
    let partials = PartialResults(
      rule: .sum(count: Self.features), shardCapacity: plan.shardCount)
    for shard in 0..<plan.shardCount {
      for column in 0..<Self.features {
        partials.slot(shard)[column] = rows[plan.rows(of: shard).lowerBound][column]
      }
    }
    return partials
  }

  /// Merges as a team would, each worker its slice.
  func merge(_ partials: PartialResults, workers: Int) -> [Float] {
    for worker in 0..<workers {
      partials.merge(
        columns: slice(worker, of: workers, count: partials.rule.columnCount, alignment: 16),
        plan: plan)
    }
    return Array(UnsafeBufferPointer(start: partials.slot(0), count: partials.rule.partialCount))
  }
}

@Suite("The shards' partial results")
struct PartialResultsTests {
  /// Whole shards; an uneven last one; a last one of one row; one-row shards; one shard.
  static let cuts = [(64, 16), (70, 16), (65, 16), (23, 1), (9, 64)]

  @Test("merged moments are those of the batch, for any division into shards", arguments: cuts)
  func moments(rowCount: Int, shardSize: Int) {
    let batch = ShardedRows(rowCount: rowCount, shardSize: shardSize)
    let merged = batch.merge(batch.momentPartials(), workers: 1)
    for column in 0..<ShardedRows.features {
      let expected = batch.moments(of: batch.rows[...], column: column)
      #expect(abs(Double(merged[column]) - expected.mean) <= 1e-6 * (1 + expected.mean))
      let m2 = Double(merged[ShardedRows.features + column])
      #expect(abs(m2 - expected.m2) <= 1e-5 * expected.m2)
    }
  }

  @Test("merged sums are added in the order of the tree", arguments: cuts)
  func sums(rowCount: Int, shardSize: Int) {
    let batch = ShardedRows(rowCount: rowCount, shardSize: shardSize)
    let merged = batch.merge(batch.sumPartials(), workers: 1)
    for column in 0..<ShardedRows.features {
      let expected = PairwiseTree.sum(leafCount: batch.plan.shardCount) { shard in
        batch.rows[batch.plan.rows(of: shard).lowerBound][column]
      } combine: {
        $0 += $1
      }
      #expect(merged[column] == expected)
    }
  }

  @Test("teams of any size merge to the same bits", arguments: cuts)
  func anyTeam(rowCount: Int, shardSize: Int) {
    let batch = ShardedRows(rowCount: rowCount, shardSize: shardSize)
    let sums = batch.merge(batch.sumPartials(), workers: 1)
    let moments = batch.merge(batch.momentPartials(), workers: 1)
    for workers in [2, 3, 8, 64] {
      #expect(batch.merge(batch.sumPartials(), workers: workers) == sums)
      #expect(batch.merge(batch.momentPartials(), workers: workers) == moments)
    }
  }

  @Test("ranks that exchange their subtrees' slots have the same bits", arguments: cuts)
  func ranks(rowCount: Int, shardSize: Int) {
    let batch = ShardedRows(rowCount: rowCount, shardSize: shardSize)
    for make in [ShardedRows.sumPartials, ShardedRows.momentPartials] {
      let expected = batch.merge(make(batch)(), workers: 1)
      for rankCount in 2...5 {
        let shares = TreeShares(
          leafCount: batch.plan.shardCount, leafCapacity: batch.plan.shardCount,
          rankCount: rankCount)
        let received = make(batch)()
        let columns = 0..<received.rule.columnCount
        for rank in 0..<rankCount {
          // A rank knows its own shards alone.
          let own = make(batch)()
          for shard in 0..<batch.plan.shardCount where !shares.leaves(of: rank).contains(shard) {
            own.slot(shard).update(repeating: .nan, count: own.stride)
          }
          own.mergeWithin(rank, of: shares, columns: columns, plan: batch.plan)
          shares.forEachSubtree(of: rank) {
            received.slot($0.lowerBound).update(from: own.slot($0.lowerBound), count: own.stride)
          }
        }
        received.mergeAcross(shares, columns: columns, plan: batch.plan)
        let found = UnsafeBufferPointer(
          start: received.slot(0), count: received.rule.partialCount)
        #expect(Array(found) == expected, "\(rankCount) ranks")
      }
    }
  }

  @Test("a smaller batch than the capacity ignores the remaining slots")
  func smallerBatch() {
    let partials = PartialResults(rule: .sum(count: 3), shardCapacity: 4)
    for shard in 0..<4 { partials.slot(shard).update(repeating: Float(shard + 1), count: 3) }
    partials.merge(columns: 0..<3, plan: ShardPlan(rowCount: 5, shardSize: 2))
    #expect(Array(UnsafeBufferPointer(start: partials.slot(0), count: 3)) == [6, 6, 6])
  }
}
